import { type IncludeRecord, type LintResult, presentLintJob } from '../../../ci-lang/index.ts';
import type { RefusedDryRun } from './dry-run.ts';

/** GitLab shows no more. */
const MOST_WARNINGS = 25;

/** JSON of what lint found. Without a merged configuration GitLab has no list of includes either. */
export const presentLint = (result: LintResult | RefusedDryRun, withJobs: boolean) => {
  if ('messages' in result) {
    const { messages } = result;
    const nothing = { warnings: [], merged_yaml: null, includes: null };
    return { valid: false, errors: messages, ...nothing, ...(withJobs && { jobs: [] }) };
  }
  const { valid, errors, warnings, mergedYaml, includes, jobs } = result;
  return {
    valid,
    errors: errors.map(({ message }) => message),
    warnings: warnings.slice(0, MOST_WARNINGS).map(({ message }) => message),
    merged_yaml: mergedYaml ?? null,
    includes: mergedYaml === undefined ? null : includes.map(presentInclude),
    ...(withJobs && { jobs: jobs.map(presentLintJob) }),
  };
};

const presentInclude = (include: IncludeRecord) => ({
  type: include.type,
  location: include.location,
  blob: include.blob,
  raw: include.raw,
  extra: include.extra,
  context_project: include.contextProject,
  context_sha: include.contextSha,
});
