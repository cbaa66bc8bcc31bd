import { sql } from 'kysely';
import type { MemberFact, MemberFactPlace } from '../../../events/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject, Page } from './event-definition.ts';
import { perPage } from './per-page.ts';

interface NamedUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly public_email: string;
}

interface Memberships {
  /** By `keyOf`; absent: gone before its members' facts were published. */
  readonly places: ReadonlyMap<string, JsonObject>;
  readonly users: ReadonlyMap<number, NamedUser>;
  /** By `keyOfFact`: since when somebody is a member, or has asked to become one. */
  readonly since: ReadonlyMap<string, Date>;
}

export const keyOf = ({ kind, id }: MemberFactPlace): string => `${kind}:${id}`;

const isRequest = ({ type }: MemberFact): boolean => type === 'access_requested' || type === 'access_request_revoked';

export const keyOfFact = (fact: MemberFact): string =>
  `${isRequest(fact) ? 'request' : 'member'}:${keyOf(fact.place)}:${fact.userId}`;

const idsOf = (facts: readonly MemberFact[], kind: MemberFactPlace['kind']): readonly number[] => [
  ...new Set(facts.flatMap(({ place }) => (place.kind === kind ? [place.id] : []))),
];

const readPlaces = async (tx: Tx, facts: readonly MemberFact[]): Promise<Memberships['places']> => {
  const [projectIds, groupIds] = [idsOf(facts, 'project'), idsOf(facts, 'group')];
  const places = new Map<string, JsonObject>();
  if (projectIds.length > 0) {
    const rows = await tx
      .selectFrom('projects')
      .select(['id', 'name', 'path', 'full_path', 'visibility'])
      .where('deleted_at', 'is', null)
      .where(sql<boolean>`id = any(${projectIds}::bigint[])`)
      .execute();
    for (const { id, name, path, full_path: fullPath, visibility } of rows) {
      places.set(`project:${id}`, {
        project_name: name,
        project_path: path,
        project_path_with_namespace: fullPath,
        project_id: id,
        project_visibility: visibility,
      });
    }
  }
  if (groupIds.length > 0) {
    const rows = await tx
      .selectFrom('namespaces')
      .select(['id', 'name', 'path'])
      .where(sql<boolean>`id = any(${groupIds}::bigint[])`)
      .execute();
    for (const { id, name, path } of rows) {
      places.set(`group:${id}`, { group_name: name, group_path: path, group_id: id });
    }
  }
  return places;
};

const readUsers = async (tx: Tx, facts: readonly MemberFact[]): Promise<Memberships['users']> => {
  const ids = [...new Set(facts.map(({ userId }) => userId))];
  const rows = await tx
    .selectFrom('users')
    .select(['id', 'username', 'name', 'public_email'])
    .where(sql<boolean>`id = any(${ids}::bigint[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
};

const readSince = async (tx: Tx, facts: readonly MemberFact[]): Promise<Memberships['since']> => {
  const since = new Map<string, Date>();
  for (const kind of ['project', 'group'] as const) {
    for (const requests of [false, true]) {
      const asked = facts.filter((fact) => fact.place.kind === kind && isRequest(fact) === requests);
      if (asked.length === 0) continue;
      const table = sql.table(requests ? 'access_requests' : `${kind}_members`);
      const owner = sql.ref(kind === 'project' ? 'project_id' : 'namespace_id');
      const [places, users] = [asked.map(({ place }) => place.id), asked.map(({ userId }) => userId)];
      const { rows } = await sql<{ readonly place: number; readonly user_id: number; readonly created_at: Date }>`
        select ${owner} as place, user_id, created_at from ${table}
        join unnest(${places}::bigint[], ${users}::bigint[]) as asked (place, member)
          on ${owner} = asked.place and user_id = asked.member`.execute(tx);
      for (const row of rows) {
        since.set(`${requests ? 'request' : 'member'}:${kind}:${row.place}:${row.user_id}`, row.created_at);
      }
    }
  }
  return since;
};

/** All facts of members that were published together, read in a few statements however many there are. */
export const membershipsOfPage = perPage(
  async ({ tx, page }: { readonly tx: Tx; readonly page: Page }): Promise<Memberships> => {
    const facts = page.facts.filter((fact) => 'place' in fact);
    return {
      places: await readPlaces(tx, facts),
      users: await readUsers(tx, facts),
      since: await readSince(tx, facts),
    };
  },
);
