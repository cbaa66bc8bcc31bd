import { COMPONENT_VALUES, HEADER_KEYS, SPEC_INCLUDE_KEYS, SPEC_KEYS } from '../../inputs/read-spec.ts';
import { AUTO_CANCEL_KEYS, DEFAULT_AUTO_CANCEL, ON_JOB_FAILURE, ON_NEW_COMMIT } from '../../keywords/auto-cancel.ts';
import { DEFAULT_KEYS } from '../../keywords/inherit.ts';
import { ROOT_KEYS } from '../../keywords/jobs.ts';
import { DEFAULT_STAGES } from '../../keywords/stages.ts';
import { WORKFLOW_KEYS } from '../../keywords/workflow.ts';
import { LIMITS } from '../../limits.ts';
import { either, holder, list, map, text, textOrTexts, word } from '../shape.ts';
import { defineHolder, type KeywordEntry, type KeywordTable } from '../table-types.ts';
import { INHERITABLE } from './inheritable.ts';

/** At the root these do what `default` does. */
const oldPlace = (name: 'after_script' | 'before_script' | 'cache' | 'image' | 'services'): KeywordEntry => ({
  ...INHERITABLE[name],
  deprecated: `Write it below \`default:\` as \`default:${name}\`.`,
});

export const ROOT_HOLDERS: KeywordTable = {
  root: defineHolder(
    ROOT_KEYS,
    'The configuration of the pipelines of a project; every key that is no keyword is a job.',
    {
      default: { shape: holder('default'), about: 'Values for keywords that a job does not have itself.' },
      include: {
        shape: either(text(), holder('include'), list(either(text(), holder('include')))),
        about: 'Other files whose content comes first and is overridden by this one.',
      },
      before_script: oldPlace('before_script'),
      image: oldPlace('image'),
      services: oldPlace('services'),
      after_script: oldPlace('after_script'),
      variables: {
        shape: map(either(text(), { kind: 'number' }, { kind: 'boolean' }, holder('root_variable')), { nulls: true }),
        about: 'Variables of all jobs of the pipeline.',
      },
      stages: {
        shape: list(text(), { nested: true }),
        about: 'Names of the stages, in the order in which they run.',
        default: DEFAULT_STAGES,
      },
      cache: oldPlace('cache'),
      workflow: {
        shape: holder('workflow'),
        about: 'Whether a pipeline is made at all, what it is called and when it is canceled by itself.',
      },
    },
    { closed: false },
  ),
  header: defineHolder(HEADER_KEYS, 'A document before the configuration that declares its inputs.', {
    spec: {
      shape: holder('spec'),
      about: 'Declares the inputs of the file; it stands in a document of its own, before a line of `---`.',
    },
  }),
  spec: defineHolder(SPEC_KEYS, 'What a file takes from the one that includes it.', {
    inputs: {
      shape: map(holder('spec_input'), { nulls: true }),
      about: 'Inputs by name, put in where the file says `$[[ inputs.NAME ]]`.',
    },
    include: {
      shape: either(text(), list(either(text(), holder('spec_include')))),
      about: 'Files with further inputs.',
    },
    component: {
      shape: list(word(COMPONENT_VALUES)),
      about: 'What the file may know of the component that it is, as `$[[ component.NAME ]]`.',
    },
    description: { shape: text({ atMost: LIMITS.specDescriptionLength }), about: 'What the file is for.' },
  }),
  spec_include: defineHolder(
    SPEC_INCLUDE_KEYS,
    'A file that holds `inputs` and nothing else.',
    {
      local: { shape: text(), about: 'Path of a file of this repository.' },
      file: { shape: textOrTexts, about: 'Path of the file in `project`.' },
      remote: { shape: text(), about: 'Address of a file.' },
      project: { shape: text(), about: 'Path of the project that has the file.' },
      ref: { shape: text(), about: 'Branch, tag or commit of `project`.' },
      integrity: { shape: text({ pattern: '^sha256-' }), about: 'Digest that the remote file must have.' },
    },
    { together: { project: ['file'] } },
  ),
  default: defineHolder(DEFAULT_KEYS, 'Values for keywords that a job does not have itself.', {
    ...INHERITABLE,
    timeout: {
      ...INHERITABLE.timeout,
      about: 'Accepted here without an effect: jobs do not inherit it.',
    },
  }),
  workflow: defineHolder(WORKFLOW_KEYS, 'Rules of the pipeline as a whole.', {
    rules: {
      shape: list(holder('workflow_rule'), { nested: true, atLeast: 1 }),
      about: 'The first rule that matches decides whether the pipeline is made; without a match it is not.',
    },
    name: { shape: text({ atMost: LIMITS.workflowNameLength }), about: 'What the pipeline is called.' },
    auto_cancel: {
      shape: holder('auto_cancel'),
      about: 'When the pipeline is canceled by itself.',
    },
  }),
  auto_cancel: defineHolder(AUTO_CANCEL_KEYS, 'When a pipeline is canceled by itself.', {
    on_new_commit: {
      shape: word(ON_NEW_COMMIT),
      about: 'What a newer pipeline of the same ref cancels of this one.',
      default: DEFAULT_AUTO_CANCEL.onNewCommit,
    },
    on_job_failure: {
      shape: word(ON_JOB_FAILURE),
      about: 'What the first failed job cancels.',
      default: DEFAULT_AUTO_CANCEL.onJobFailure,
    },
  }),
};
