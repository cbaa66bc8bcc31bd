import { ok, type Route, route } from '../../../http/index.ts';
import type { AccountRouteDeps } from './deps.ts';

/** `/version` and `/metadata`: what clients look at before they use a feature. */
export const serverRoutes = (deps: AccountRouteDeps): readonly Route[] => {
  const { version, revision } = deps.server;
  const guard = deps.guards.signedIn({ scopes: ['read_user'] });
  return [
    route({
      method: 'GET',
      path: '/version',
      summary: 'Version of the server',
      params: {},
      guard,
      handler: async () => ok({ version, revision }),
    }),
    route({
      method: 'GET',
      path: '/metadata',
      summary: 'Version and features of the server',
      params: {},
      guard,
      handler: async () =>
        ok({
          version,
          revision,
          kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null },
          enterprise: false,
        }),
    }),
  ];
};
