export { type DeliverNowDeps, type DeliverNowOutcome, deliverNow } from './delivery/deliver-now.ts';
export { redactEmails } from './delivery/redact-emails.ts';
export type { SendDeps } from './delivery/send.ts';
export { numberEvents } from './number-events.ts';
export { hooksOnFacts } from './on-facts.ts';
export { type OutboundPolicyFor, outboundPolicyFor } from './outbound-policy.ts';
export { hooksRoutes } from './routes/index.ts';
