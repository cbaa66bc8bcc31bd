import { expandOnce, lookupIn } from '../../../ci-lang/index.ts';
import { findDotenvVariables } from '../../artifacts/index.ts';
import type { Job } from '../../pipelines/index.ts';
import type { JobSourceDeps } from './job-sources.ts';
import { findJobSources } from './job-sources.ts';
import { assembleVariables, expandVariables } from './job-variables.ts';

/**
 * `environment:url` when the job has ended: with the job's variables, and with those of the dotenv report that it has
 * just uploaded. Undefined for a job without one.
 */
export async function environmentUrlOf(deps: JobSourceDeps, job: Job): Promise<string | undefined> {
  if (job.environmentName === null) return undefined;
  const found = await findJobSources(deps, job.id, '', undefined);
  if (found.kind === 'unfit') return undefined;
  const { url } = found.sources.job.options.environment ?? {};
  if (url === undefined) return undefined;
  const own = await findDotenvVariables(deps, [job.id]);
  const variables = expandVariables([...assembleVariables(found.sources), ...own]);
  return expandOnce(url, lookupIn(variables), 'blank');
}
