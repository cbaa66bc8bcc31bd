import type { CompiledArtifacts, CompiledCache, JobOptions } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { BuildDefinition } from '../keywords/job-definition.ts';

/** The parts of a job that only its runner, its payload or its end need: nothing of them is expanded or decided. */
export const optionsOf = (job: BuildDefinition, caches: readonly CompiledCache[]): JobOptions => ({
  beforeScript: job.beforeScript ?? [],
  script: job.script,
  afterScript: job.afterScript ?? [],
  ...definedOnly({
    image: job.image,
    services: someOf(job.services),
    dependencies: job.dependencies,
    crossDependencies: someOf(job.crossDependencies),
    artifacts: artifactsOf(job),
    caches: someOf(caches),
    retry: job.retry,
    timeout: job.timeout,
    hooks: job.hooks,
    idTokens: someOf(job.idTokens),
    secrets: someOf(job.secrets),
    manualConfirmation: job.manualConfirmation,
    release: job.release,
    pages: job.pages,
    run: job.run,
    inputs: someOf(job.inputs),
    identity: job.identity,
    dastConfiguration: job.dastConfiguration,
  }),
});

/** An empty list asks for nothing. */
const someOf = <Item>(list: readonly Item[] | undefined): readonly Item[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

const artifactsOf = ({ pages, artifacts }: BuildDefinition): CompiledArtifacts | undefined => {
  if (pages === undefined || artifacts?.paths.includes(pages.publish) === true) return artifacts;
  const none: CompiledArtifacts = { paths: [], exclude: [], untracked: false, when: 'on_success', reports: {} };
  const some = artifacts ?? none;
  return { ...some, paths: [...some.paths, pages.publish] };
};
