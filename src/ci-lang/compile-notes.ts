import type { Diagnostic } from './diagnostic.ts';
import type { IncludeDecision, JobDecision, RulesTrace } from './trace/trace.ts';

/** What a compilation has to say beside its result. Filled as it goes, so a refusal keeps what was found before it. */
export interface CompileNotes {
  readonly warnings: Diagnostic[];
  readonly trace: {
    readonly includes: IncludeDecision[];
    workflow?: RulesTrace;
    readonly jobs: JobDecision[];
  };
}

export const newCompileNotes = (): CompileNotes => ({ warnings: [], trace: { includes: [], jobs: [] } });
