declare const brand: unique symbol;

/** A number that is the id of one kind of row, so that a job's id cannot be passed where a pipeline's is asked. */
export type Id<Kind extends string> = number & { readonly [brand]: Kind };

export type UserId = Id<'user'>;
export type NamespaceId = Id<'namespace'>;
export type ProjectId = Id<'project'>;
export type PipelineId = Id<'pipeline'>;
export type StageId = Id<'stage'>;
export type JobId = Id<'job'>;
export type RunnerId = Id<'runner'>;
export type TriggerId = Id<'trigger'>;
export type ScheduleId = Id<'schedule'>;
export type TokenId = Id<'token'>;
export type EnvironmentId = Id<'environment'>;
export type DeploymentId = Id<'deployment'>;
export type MergeRequestId = Id<'merge-request'>;
export type NoteId = Id<'note'>;
export type ReleaseId = Id<'release'>;
export type HookId = Id<'hook'>;
export type SshKeyId = Id<'ssh-key'>;
