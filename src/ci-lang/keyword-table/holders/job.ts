import { ALLOW_FAILURE_KEYS } from '../../keywords/allow-failure.ts';
import { DAST_CONFIGURATION_KEYS } from '../../keywords/dast-configuration.ts';
import { HOOK_KEYS } from '../../keywords/hooks.ts';
import { IDENTITY_PROVIDERS } from '../../keywords/identity.ts';
import { DEFAULT_KEYS, INHERIT_KEYS } from '../../keywords/inherit.ts';
import { JOB_KEYS, TRIGGER_JOB_KEYS } from '../../keywords/job-keys.ts';
import { PARALLEL_KEYS } from '../../keywords/parallel.ts';
import { RETRY_KEYS, RETRY_REASONS } from '../../keywords/retry.ts';
import { DEFAULT_STAGE } from '../../keywords/stage.ts';
import { JOB_WHENS } from '../../keywords/when.ts';
import { LIMITS } from '../../limits.ts';
import * as shape from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';
import { INHERITABLE } from './inheritable.ts';

const { boolean, either, holder, integer, list, map, script, text, textOrTexts, texts, word } = shape;

const ORDINARY_NEEDS = [holder('job_need'), holder('pipeline_need'), holder('project_need')];
const integers = either(integer(), list(integer()));
const matrixValue = either(text(), integer());

/** Of jobs and trigger jobs alike. */
const COMMON = {
  extends: { shape: textOrTexts, about: 'Jobs or hidden jobs whose keywords this one takes over and overrides.' },
  stage: { shape: text(), about: 'The stage that the job belongs to.', default: DEFAULT_STAGE },
  only: {
    shape: either(texts(), holder('policy')),
    about: 'Refs and conditions for which the job is in the pipeline.',
    deprecated: 'Use `rules`.',
  },
  except: {
    shape: either(texts(), holder('policy')),
    about: 'Refs and conditions for which the job is not in the pipeline.',
    deprecated: 'Use `rules`.',
  },
  rules: {
    shape: list(holder('job_rule'), { nested: true, atLeast: 1 }),
    about: 'The first rule that matches decides whether and when the job runs; without a match it is left out.',
  },
  variables: {
    shape: map(either(text(), shape.number, boolean, holder('job_variable')), { nulls: true }),
    about: 'Variables of the job, stronger than those of the file.',
  },
  inherit: {
    shape: holder('inherit'),
    about: 'What the job takes over from `default` and from the variables of the file.',
  },
  environment: {
    shape: either(text({ notBlank: true }), holder('environment')),
    about: 'The environment that the job deploys to or looks after.',
  },
  resource_group: { shape: text(), about: 'Jobs with the same group run one after the other.' },
  interruptible: INHERITABLE.interruptible,
} as const;

export const JOB_HOLDERS: KeywordTable = {
  job: defineHolder(
    JOB_KEYS,
    'A job that a runner runs.',
    {
      ...INHERITABLE,
      ...COMMON,
      script: { shape: script, about: 'The commands that the job runs.' },
      when: { shape: word(JOB_WHENS), about: 'When the job starts.', default: 'on_success' },
      start_in: { shape: shape.duration, about: 'How long a job with `when: delayed` waits: one week at most.' },
      allow_failure: {
        shape: either(boolean, holder('allow_failure')),
        about: 'Whether the pipeline goes on when the job fails.',
        default: false,
      },
      needs: {
        shape: either(...ORDINARY_NEEDS, list(either(text({ notBlank: true }), ...ORDINARY_NEEDS), { nested: true })),
        about: 'The job starts as soon as these have ended, whatever their stage; an empty list waits for nothing.',
      },
      dependencies: {
        shape: texts(),
        about: 'Jobs of earlier stages whose artifacts are fetched; an empty list is none.',
      },
      coverage: {
        shape: text({ pattern: '^/[\\s\\S]*/' }),
        about: 'Regular expression between slashes that finds the test coverage in the log.',
      },
      parallel: {
        shape: either(integer(1, LIMITS.parallelJobs), holder('parallel')),
        about: 'How many instances of the job run at the same time, or with which variables each.',
      },
      inputs: {
        shape: map(holder('job_input'), { nulls: true, atMost: LIMITS.jobInputs }),
        about: 'Values that may be changed when the job is started by hand: `${{ job.inputs.NAME }}`.',
        since: '18.10',
      },
      release: { shape: holder('release'), about: 'The release that is made when the script has succeeded.' },
      publish: {
        shape: text(),
        about: 'The folder that Pages publish.',
        deprecated: 'Use `pages: {publish: …}`.',
      },
      pages: { shape: either(boolean, holder('pages')), about: 'Publishes files of the job as a web site.' },
      manual_confirmation: {
        shape: text(),
        about: 'What a person is asked before a manual job starts.',
        since: '17.1',
      },
      run: {
        shape: list(either(holder('script_step'), holder('function_step'))),
        about: 'Steps in place of a script.',
        since: '17.3',
      },
      secrets: {
        shape: map(holder('secret'), { nulls: true }),
        about: 'Variables whose values come from elsewhere when the job starts.',
      },
      identity: { shape: word(IDENTITY_PROVIDERS), about: 'The cloud that the job signs in to by itself.' },
      dast_configuration: { shape: holder('dast_configuration'), about: 'Profiles of a security scan.' },
    },
    {
      effects: 'job',
      atMostOne: [
        ['script', 'run'],
        ['before_script', 'run'],
        ['after_script', 'run'],
      ],
    },
  ),
  trigger_job: defineHolder(
    TRIGGER_JOB_KEYS,
    'A job that starts a pipeline elsewhere and needs no runner.',
    {
      ...COMMON,
      trigger: {
        shape: either(text({ notBlank: true }), holder('trigger_project'), holder('trigger_child')),
        about: 'The pipeline that the job starts: of another project, or of files of this one.',
      },
      when: {
        shape: word(JOB_WHENS.filter((when) => when !== 'delayed')),
        about: 'When the pipeline is started.',
        default: 'on_success',
      },
      allow_failure: { shape: boolean, about: 'Whether the pipeline goes on when the job fails.', default: false },
      needs: {
        shape: either(
          holder('job_need'),
          holder('mirror_need'),
          list(either(text({ notBlank: true }), holder('job_need'), holder('mirror_need')), { nested: true }),
        ),
        about: 'The job starts as soon as these have ended, whatever their stage.',
      },
      parallel: { shape: holder('parallel'), about: 'With which variables the pipeline is started several times.' },
    },
    { effects: 'job' },
  ),
  hooks: defineHolder(HOOK_KEYS, 'Commands at other moments of a job.', {
    pre_get_sources_script: { shape: script, about: 'Commands that run before the repository is fetched.' },
  }),
  inherit: defineHolder(INHERIT_KEYS, 'What a job takes over.', {
    default: {
      shape: either(boolean, list(word(DEFAULT_KEYS))),
      about: 'All, none or some of the keywords of `default`.',
      default: true,
    },
    variables: {
      shape: either(boolean, texts()),
      about: 'All, none or some of the variables of the file.',
      default: true,
    },
  }),
  allow_failure: defineHolder(ALLOW_FAILURE_KEYS, 'Which failures do not stop the pipeline.', {
    exit_codes: { shape: integers, about: 'Exit codes of the script that do not count as a failure.' },
  }),
  retry: defineHolder(RETRY_KEYS, 'When a failed job is tried again.', {
    max: { shape: integer(0, LIMITS.retries), about: 'How often at most.', default: 0 },
    when: {
      shape: either(word(RETRY_REASONS), list(word(RETRY_REASONS))),
      about: 'Reasons of a failure that are worth another try.',
      default: 'always',
    },
    exit_codes: { shape: integers, about: 'Exit codes of the script that are worth another try.', since: '16.10' },
  }),
  parallel: defineHolder(
    PARALLEL_KEYS,
    'One instance of the job for each combination of values.',
    {
      matrix: {
        shape: list(map(either(matrixValue, list(matrixValue, { atLeast: 1 })), { atLeast: 1 })),
        about: 'Variables with their values; each combination of a map is an instance.',
      },
    },
    { required: ['matrix'] },
  ),
  dast_configuration: defineHolder(DAST_CONFIGURATION_KEYS, 'Profiles of a security scan.', {
    site_profile: { shape: text(), about: 'Name of the profile of the site.' },
    scanner_profile: { shape: text(), about: 'Name of the profile of the scanner.' },
  }),
};
