export type { IdTokenFacts } from './claims.ts';
export { idTokenRoutes } from './routes.ts';
export { signIdToken } from './sign-id-token.ts';
