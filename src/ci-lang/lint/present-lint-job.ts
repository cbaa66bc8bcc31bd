import type { LintJob } from './lint-types.ts';

/** The JSON of a job, in GitLab's names. */
export const presentLintJob = (job: LintJob) => ({
  name: job.name,
  stage: job.stage,
  before_script: job.beforeScript,
  script: job.script,
  after_script: job.afterScript,
  tag_list: job.tags,
  ...(job.conditions !== undefined && { only: job.conditions.only, except: job.conditions.except }),
  environment: job.environment,
  when: job.when,
  allow_failure: job.allowFailure,
  ...(job.conditions !== undefined && { needs: job.conditions.needs }),
});
