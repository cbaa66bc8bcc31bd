import type { Clock } from '../../kit/clock.ts';
import { forbidden, invalid, notFound } from '../../kit/errors.ts';
import {
  findRefTarget,
  isCreatableRefName,
  newTag,
  type Ref,
  writeObjects,
  ZERO_SHA,
} from '../../platform/git/index.ts';
import { mayDeleteRef, mayPush } from '../projects/index.ts';
import { moveFor, type RefWriter } from './change-branches.ts';
import type { MoveRefsDeps } from './move-refs.ts';
import { findCommit } from './read-commit.ts';
import { repositoryOf } from './repositories.ts';
import { hasBranches } from './resolve-ref.ts';

export interface NewTagRequest {
  readonly name: string;
  /** Branch, tag or sha. */
  readonly ref: string;
  /** Makes the tag an annotated one. */
  readonly message: string | undefined;
}

/** Makes a tag. Throws 400 in GitLab's words and order. */
export const createTag = async (
  deps: MoveRefsDeps & { readonly clock: Clock },
  writer: RefWriter,
  { name, ref, message }: NewTagRequest,
): Promise<Ref> => {
  const { project, user, rules } = writer;
  const repository = repositoryOf(deps, project);
  if (!isCreatableRefName(name)) throw invalid('Tag name invalid');
  if (ref === '' || !(await hasBranches(deps, project))) throw invalid('Target is empty');
  const fullRef = `refs/tags/${name}`;
  if ((await findRefTarget(repository, fullRef)) !== undefined) throw invalid(`Tag ${name} already exists`);
  const commit = await findCommit(deps, project, ref);
  if (commit === undefined) throw invalid(`Target ${ref} is invalid`);
  if (!mayPush(project, rules, writer, name, 'tag')) {
    throw invalid('You are not allowed to create this tag as it is protected.');
  }
  const annotated = message !== undefined && message.trim() !== '';
  let targetSha = commit.sha;
  if (annotated) {
    const tagger = { name: user.name, email: user.email, at: deps.clock.now() };
    const tag = newTag({ name, commitSha: commit.sha, tagger, message });
    await writeObjects(repository, [tag]);
    targetSha = tag.sha;
  }
  await moveFor(deps, writer, [{ ref: fullRef, old: ZERO_SHA, new: targetSha }]);
  return { fullRef, targetSha, commitSha: commit.sha, annotated };
};

/** Deletes a tag. Throws 404 `404 Tag Not Found`, 403 for a protected one without the right. */
export const deleteTag = async (deps: MoveRefsDeps, writer: RefWriter, name: string): Promise<void> => {
  const { project, rules } = writer;
  const fullRef = `refs/tags/${name}`;
  const target = await findRefTarget(repositoryOf(deps, project), fullRef);
  if (target === undefined) throw notFound('Tag');
  if (!mayDeleteRef(project, rules, writer, name, 'tag', 'api')) throw forbidden();
  await moveFor(deps, writer, [{ ref: fullRef, old: target, new: ZERO_SHA }]);
};
