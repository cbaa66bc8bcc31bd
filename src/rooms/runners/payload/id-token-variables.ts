import type { Variable } from '../../../ci-lang/index.ts';
import { expandOnce, lookupIn } from '../../../ci-lang/index.ts';
import type { IdTokenFacts } from '../../id-tokens/index.ts';
import { signIdToken } from '../../id-tokens/index.ts';
import { findRole } from '../../projects/index.ts';
import type { JobSourceDeps } from './job-sources.ts';
import type { JobVariableSources } from './job-variables.ts';

/**
 * The job's `id_tokens` as variables, masked and not for services. GitLab's rule: variables in `aud` are expanded, unknown
 * ones vanish, and another id token's value is no such variable.
 * @param expanded the job's variables without its tokens.
 * @param lifetime seconds.
 */
export async function idTokenVariables(
  deps: JobSourceDeps,
  sources: JobVariableSources,
  expanded: readonly Variable[],
  lifetime: number,
): Promise<readonly Variable[]> {
  const wanted = sources.job.options.idTokens ?? [];
  if (wanted.length === 0) return [];
  const { project, pipeline, job, user, environment, runner } = sources;
  const facts: IdTokenFacts = {
    externalUrl: deps.server.externalUrl,
    project,
    pipeline,
    sourceRef: sources.mergeRequest?.sourceBranch ?? pipeline.ref,
    job,
    user,
    role: await findRole(deps.db, user, project.id, deps.clock.now()),
    environment,
    environmentAction: job.options.environment?.action,
    runnerId: runner?.id,
  };
  const expand = (text: string): string => expandOnce(text, lookupIn(expanded), 'blank');
  return Promise.all(
    wanted.map(async ({ name, aud }): Promise<Variable> => {
      const audience = typeof aud === 'string' ? expand(aud) : aud.map(expand);
      return { key: name, value: await signIdToken(deps, facts, audience, lifetime), public: false, masked: true };
    }),
  );
}
