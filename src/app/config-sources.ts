import { join } from 'node:path';
import { TemplateFolder } from '../rooms/pipelines/index.ts';

/** Where configurations come from besides repositories. */
export const configSources = () => ({
  templates: new TemplateFolder(join(import.meta.dirname, '../../templates')),
  fetchRemoteText: async () => ({ kind: 'blocked' as const, reason: 'this server fetches nothing' }),
});
