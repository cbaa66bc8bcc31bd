import type { ProjectId } from '../../../kit/ids.ts';
import { findUserById } from '../../accounts/index.ts';
import { findProjectById, findProtectedRefs } from '../../projects/index.ts';
import { perPageKey } from './per-page.ts';

/** What many payloads of a page need, read once a page. */

/** Undefined: deleted meanwhile. */
export const projectOfPage = perPageKey(({ db }, id: number) => findProjectById(db, id));

export const userOfPage = perPageKey(({ db }, id: number) => findUserById(db, id));

export const protectedRefsOfPage = perPageKey(({ db }, projectId: ProjectId) => findProtectedRefs(db, projectId));
