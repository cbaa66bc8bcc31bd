import type { CompileVerdict } from './compile-types.ts';

/** Why there is no pipeline although the configuration is sound. */
export const FILTERED_MESSAGES: Readonly<Record<Exclude<CompileVerdict['kind'], 'compiled' | 'config_error'>, string>> =
  {
    filtered_by_workflow_rules: 'The pipeline did not run. Review the workflow:rules configuration for the pipeline.',
    filtered_by_rules:
      'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.',
  };
