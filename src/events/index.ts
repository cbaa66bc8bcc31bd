export type {
  MergeRequestAction,
  MergeRequestChanged,
  NoteChanged,
  ReleaseChanged,
} from './facts/collaboration-facts.ts';
export type { Fact, FactOf } from './facts/index.ts';
export type {
  GroupFact,
  KeyFact,
  LifecycleFact,
  MemberFact,
  MemberFactPlace,
  ProjectFact,
  UserFact,
} from './facts/lifecycle-facts.ts';
export type { DeploymentMoved, JobMoved, PipelineCreated, PipelineMoved } from './facts/pipeline-facts.ts';
export type { RefPushed, RepositoryUpdated } from './facts/repository-facts.ts';
export { factsOfType } from './facts-of-type.ts';
export type { Publish, Subscriber } from './publish.ts';
export { publishTo } from './publish.ts';
