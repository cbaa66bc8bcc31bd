import type { PipelineVariable } from '../pipeline.ts';

const VARIABLE_OPTION = 'ci.variable=';

/** `-o ci.variable="K=V"`, as often as wanted; the value may hold `=`. An option without a key is left alone. */
export function variablesFromPushOptions(options: readonly string[]): readonly PipelineVariable[] {
  return options.flatMap((option) => {
    if (!option.startsWith(VARIABLE_OPTION)) return [];
    const text = option.slice(VARIABLE_OPTION.length);
    const equals = text.indexOf('=');
    if (equals <= 0) return [];
    return [
      { key: text.slice(0, equals), value: text.slice(equals + 1), variableType: 'env_var' as const, raw: false },
    ];
  });
}
