import { invalid } from '../../kit/errors.ts';
import type { UserId } from '../../kit/ids.ts';
import { findUsersByIds } from '../accounts/index.ts';
import { findRole, type Project, userCan } from '../projects/index.ts';
import type { ReadDeps } from './deps.ts';

const MAX_TITLE = 255;
const MAX_DESCRIPTION = 1_048_576;
const MAX_LABEL = 255;
const MAX_PEOPLE = 200;

/** Throws 400 with GitLab's attribute errors. */
export const checkTexts = (wish: { readonly title?: string; readonly description?: string | null }): void => {
  const { title, description } = wish;
  const errors: Record<string, readonly string[]> = {};
  if (title !== undefined && title.trim() === '') errors['title'] = ["can't be blank"];
  if (title !== undefined && [...title].length > MAX_TITLE) {
    errors['title'] = [`is too long (maximum is ${MAX_TITLE} characters)`];
  }
  if (description !== undefined && description !== null && description.length > MAX_DESCRIPTION) {
    errors['description'] = [`is too long (maximum is ${MAX_DESCRIPTION} characters)`];
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
};

/** In order, each once. Throws 400 for one that is too long. */
export const tidyLabels = (labels: readonly string[]): readonly string[] => {
  if (labels.some((label) => [...label].length > MAX_LABEL)) {
    throw invalid({ labels: [`is too long (maximum is ${MAX_LABEL} characters)`] });
  }
  return [...new Set(labels)].toSorted();
};

/** Those who may read merge requests of the project; others are passed over, as in GitLab. `0` is nobody. */
export const readersAmong = async (
  deps: ReadDeps,
  project: Project,
  ids: readonly number[],
): Promise<readonly UserId[]> => {
  const wanted = [...new Set(ids)].slice(0, MAX_PEOPLE).map((id) => id as UserId);
  const users = await findUsersByIds(deps.db, wanted);
  const readers: UserId[] = [];
  for (const user of users) {
    const role = await findRole(deps.db, user, project.id, deps.clock.now());
    if (userCan(user, 'read_merge_request', project, role)) readers.push(user.id);
  }
  return wanted.flatMap((id) => readers.filter((reader) => reader === id));
};
