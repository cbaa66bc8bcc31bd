export { findTriggerByToken, purgeExpiredTriggers, type TriggerDeps } from './change-triggers.ts';
export { shortTokenOf, TRIGGER_TOKEN_PREFIX } from './token-policy.ts';
export { triggerTokenRoutes } from './token-routes.ts';
export type { Trigger } from './trigger.ts';
export { triggerPipelineRoutes, WEBHOOK_LIMIT } from './trigger-pipeline-routes.ts';
