import { builtInTemplates } from './template-folder.ts';

/** Where configurations come from besides repositories. */
export const configSources = () => ({
  templates: builtInTemplates(),
  fetchRemoteText: async () => ({ kind: 'blocked' as const, reason: 'this server fetches nothing' }),
});
