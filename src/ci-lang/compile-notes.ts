import type { Diagnostic } from './diagnostic.ts';
import type { IncludeRecord } from './include/include-record.ts';
import type { IncludeDecision, JobDecision, RulesTrace } from './trace/trace.ts';
import type { YamlMap } from './yaml/index.ts';

/** What a compilation has to say beside its result. Filled as it goes, so a refusal keeps what was found before it. */
export interface CompileNotes {
  readonly warnings: Diagnostic[];
  /** Everything included and merged, once it came so far: what the keywords are read from. */
  merged?: YamlMap;
  readonly includes: IncludeRecord[];
  readonly trace: {
    readonly includes: IncludeDecision[];
    workflow?: RulesTrace;
    readonly jobs: JobDecision[];
  };
}

export const newCompileNotes = (): CompileNotes => ({ warnings: [], includes: [], trace: { includes: [], jobs: [] } });
