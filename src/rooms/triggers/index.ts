export { purgeExpiredTriggers } from './change-triggers.ts';
export { triggerTokenRoutes } from './token-routes.ts';
export { triggerPipelineRoutes, WEBHOOK_LIMIT } from './trigger-pipeline-routes.ts';
