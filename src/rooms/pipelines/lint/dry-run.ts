import { dryRun, type LintResult } from '../../../ci-lang/index.ts';
import type { User } from '../../accounts/index.ts';
import type { Project, Role } from '../../projects/index.ts';
import { type PrepareDeps, prepareCreation } from '../create/prepare-creation.ts';

export interface DryRun {
  readonly project: Project;
  readonly user: User | undefined;
  readonly role: Role | undefined;
  readonly ref: string;
  /** In place of the project's file. */
  readonly content: string | undefined;
}

/** The configuration was never read: the request itself is refused. */
export interface RefusedDryRun {
  readonly valid: false;
  readonly messages: readonly string[];
}

/** GitLab's simulation: all that a push to the ref would do before anything is written, with the user's rights. */
export async function simulatePush(deps: PrepareDeps, run: DryRun): Promise<LintResult | RefusedDryRun> {
  const { project, user, role, ref } = run;
  if (user === undefined) return refused(['Insufficient permissions to create a new pipeline']);
  // GitLab looks for the project's file when the text is blank.
  const content = run.content?.trim() === '' ? undefined : run.content;
  const prepared = await prepareCreation(deps, {
    project,
    user,
    role,
    source: 'push',
    ref,
    variables: [],
    inputs: {},
    pushOptions: [],
    ignoreSkipCi: true,
    saveOnErrors: false,
    ...(content !== undefined && { content }),
  });
  if (prepared.kind === 'refused') return refused(Object.values(prepared.refusal.errors).flat());
  if (prepared.kind === 'skipped') throw new Error('a dry run cannot be skipped');
  const { input, host } = prepared;
  return dryRun(content === undefined ? input : { ...input, unnamed: true }, host);
}

const refused = (messages: readonly string[]): RefusedDryRun => ({ valid: false, messages });
