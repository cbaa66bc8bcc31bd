import type { MergeRequestChanged, NoteChanged, ReleaseChanged } from './collaboration-facts.ts';
import type { HookDisabled } from './hook-facts.ts';
import type { LifecycleFact } from './lifecycle-facts.ts';
import type { DeploymentMoved, JobMoved, PipelineCreated, PipelineMoved } from './pipeline-facts.ts';
import type { RefPushed, RepositoryUpdated } from './repository-facts.ts';

/** What became true. Published in the transaction that made it true, so that nothing acknowledged is lost. */
export type Fact =
  | LifecycleFact
  | RefPushed
  | RepositoryUpdated
  | PipelineCreated
  | PipelineMoved
  | JobMoved
  | DeploymentMoved
  | MergeRequestChanged
  | NoteChanged
  | ReleaseChanged
  | HookDisabled;

/** The fact of one type; several types may share an interface. */
export type FactOf<Type extends Fact['type']> = Narrowed<Fact, Type>;

type Narrowed<Any extends Fact, Type extends Fact['type']> = Any extends unknown
  ? Type extends Any['type']
    ? Any & { readonly type: Type }
    : never
  : never;
