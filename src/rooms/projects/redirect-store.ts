import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** Keeps a path that a project has just lost: whoever asks for it is led on. */
export const insertRedirect = async (tx: Tx, projectId: ProjectId, fullPath: string, now: Date): Promise<void> => {
  await sql`
    insert into project_redirects (full_path, project_id, created_at) values (${fullPath}, ${projectId}, ${now})
    on conflict (lower(full_path)) do update set full_path = excluded.full_path, project_id = excluded.project_id,
      created_at = excluded.created_at`.execute(tx);
};

/** Somebody has these paths now: they lead nowhere else any more. */
export const deleteRedirects = async (tx: Tx, fullPaths: readonly string[]): Promise<void> => {
  const paths = fullPaths.map((path) => path.toLowerCase());
  await sql`delete from project_redirects where lower(full_path) = any(${paths}::text[])`.execute(tx);
};

/** The full paths of all projects in these namespaces follow those of the namespaces; the old ones become redirects. */
export const followNamespacePaths = async (tx: Tx, namespaceIds: readonly number[], now: Date): Promise<void> => {
  const ids = [...namespaceIds];
  await sql`
    insert into project_redirects (full_path, project_id, created_at)
    select projects.full_path, projects.id, ${now} from projects
    join namespaces on namespaces.id = projects.namespace_id
    where projects.namespace_id = any(${ids}::bigint[]) and projects.deleted_at is null
      and lower(projects.full_path) <> lower(namespaces.full_path || '/' || projects.path)
    on conflict (lower(full_path)) do update set full_path = excluded.full_path, project_id = excluded.project_id,
      created_at = excluded.created_at`.execute(tx);
  await sql`
    update projects set full_path = namespaces.full_path || '/' || projects.path, updated_at = ${now}
    from namespaces where namespaces.id = projects.namespace_id and projects.namespace_id = any(${ids}::bigint[])`.execute(
    tx,
  );
  await sql`
    delete from project_redirects using projects
    where lower(project_redirects.full_path) = lower(projects.full_path)
      and projects.namespace_id = any(${ids}::bigint[])`.execute(tx);
};
