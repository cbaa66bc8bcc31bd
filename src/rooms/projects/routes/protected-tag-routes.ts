import {
  created,
  integer,
  invalidParams,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { PenstockError, recordNotFound } from '../../../kit/errors.ts';
import { presentProtectedTag } from '../present.ts';
import { deleteProtectedTag, findProtectedTag, insertProtectedTag, listProtectedTags } from '../protected-ref-store.ts';
import type { RefAccessLevel } from '../protected-refs.ts';
import type { ProjectRouteDeps } from './deps.ts';

const LEVELS = [0, 30, 40, 60] as const satisfies readonly RefAccessLevel[];
const MAINTAINERS = 40;

const readLevel = (value: number): RefAccessLevel => {
  const level = LEVELS.find((known) => known === value);
  if (level !== undefined) return level;
  throw invalidParams([{ attribute: 'create_access_level', text: 'does not have a valid value' }]);
};

const nameParams = { name: string({ required: true, description: 'Tag, or pattern with *' }) };
/** GitLab's answer to a model that cannot be saved: a list of sentences. */
const refused = (sentence: string) => new PenstockError('unprocessable', [sentence]);

/** `/projects/:id/protected_tags`: who may create tags of a name or pattern. */
export const protectedTagRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_protected_refs', { authenticateFirst: true });
  return [
    route({
      method: 'GET',
      path: '/projects/:id/protected_tags',
      summary: 'List the protected tags',
      params: pagingParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const all = await listProtectedTags(deps.db, subject.project.id);
        const rows = all.slice(page.offset, page.offset + page.limit).map(presentProtectedTag);
        return pageReply(request, page, rows, { total: all.length });
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id/protected_tags/:name',
      summary: 'Get one protected tag',
      params: nameParams,
      guard,
      handler: async ({ subject, params }) => {
        const tag = await findProtectedTag(deps.db, subject.project.id, params.name);
        if (tag === undefined) throw recordNotFound();
        return ok(presentProtectedTag(tag));
      },
    }),
    route({
      method: 'POST',
      path: '/projects/:id/protected_tags',
      summary: 'Protect a tag or a pattern of tags',
      params: { ...nameParams, create_access_level: integer({ default: MAINTAINERS }) },
      guard,
      handler: async ({ subject, params }) => {
        const createAccessLevel = readLevel(params.create_access_level);
        const { name } = params;
        if (name.trim() === '') throw refused("Name can't be blank");
        const tag = { name, createAccessLevel };
        const added = await deps.db
          .transaction()
          .execute((tx) => insertProtectedTag(tx, subject.project.id, tag, deps.clock.now()));
        if (added === undefined) throw refused('Name has already been taken');
        return created(presentProtectedTag(added));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/protected_tags/:name',
      summary: 'Take the protection of a tag away',
      params: nameParams,
      guard,
      handler: async ({ subject, params }) => {
        if (!(await deleteProtectedTag(deps.db, subject.project.id, params.name))) throw recordNotFound();
        return noContent();
      },
    }),
  ];
};
