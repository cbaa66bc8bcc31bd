import type { CompileMemory } from '../compile-memory.ts';
import type { ConfigPlace, ProjectQuestion } from '../config-host.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { ComponentValues, LoadedFile } from '../inputs/index.ts';
import type { MergeBudget } from '../merge/deep-merge.ts';
import type { Repository } from '../rules/repository.ts';
import type { VariableView } from '../rules/variable-view.ts';
import type { IncludeDecision } from '../trace/trace.ts';
import type { IncludeRecord } from './include-record.ts';

/** With whose eyes the includes of a file are seen. */
export interface IncludeScope {
  /** Whose files `local` names. Undefined below remote files and templates: they belong to no project. */
  readonly place: ConfigPlace | undefined;
  readonly as: ProjectQuestion['as'];
  /** Predefined, project and pipeline variables; those of the YAML are not known yet. */
  readonly variables: VariableView;
  /** What is put behind the names of its files in diagnostics: `@group/lib:v1`, nothing for the pipeline's own. */
  readonly suffix: string;
  /** Whether artifacts of the parent pipeline may be included. */
  readonly seesParent: boolean;
  readonly component?: ComponentValues;
}

export interface IncludeContext {
  readonly scope: IncludeScope;
  readonly repository: Repository;
  /** Every file included so far, nested ones and repetitions counted. */
  readonly records: IncludeRecord[];
  /** The local ones among them, as `project path`: a wildcard leaves them out. */
  readonly local: Set<string>;
  /** Files that were read before, by their key; their inputs are not put in. */
  readonly files: Map<string, LoadedFile>;
  /** Of several compilations. */
  readonly memory: CompileMemory | undefined;
  /** Characters that further files may have. */
  readonly size: { left: number };
  /** How often paths may still be compared with wildcards. */
  readonly comparisons: { left: number };
  readonly warnings: Diagnostic[];
  /** What was decided by rules of includes. */
  readonly decisions: IncludeDecision[];
  readonly budget: MergeBudget;
}
