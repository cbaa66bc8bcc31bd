import { DEFAULT_FORWARD, FORWARD_KEYS } from '../../keywords/forward.ts';
import { TRIGGER_CHILD_KEYS, TRIGGER_PROJECT_KEYS, TRIGGER_STRATEGIES } from '../../keywords/trigger.ts';
import { TRIGGER_INCLUDE_KEYS } from '../../keywords/trigger-include.ts';
import { LIMITS } from '../../limits.ts';
import { anything, boolean, duration, either, holder, list, map, text, textOrTexts, word } from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';

const KINDS = ['local', 'project', 'remote', 'template', 'artifact', 'component'];

const inputs = {
  shape: map(anything, { nulls: true }),
  about: 'Values for the inputs that the file declares.',
  since: '15.11',
} as const;

const FILES = {
  local: { shape: text(), about: 'Path of a file of this repository; `*` and `**` stand for several.' },
  file: { shape: textOrTexts, about: 'Path of the file in `project`.' },
  remote: { shape: text(), about: 'Address of a file that anybody may fetch.' },
  project: { shape: text(), about: 'Path of the project that has the file.' },
  ref: { shape: text(), about: 'Branch, tag or commit of `project`; without it the default branch.' },
  integrity: { shape: text({ pattern: '^sha256-' }), about: 'Digest that the remote file must have.', since: '17.9' },
  cache: { shape: either(boolean, duration), about: 'How long the remote file may be kept.' },
  template: { shape: text(), about: 'Name of a template of this server.' },
  artifact: { shape: text(), about: 'Path of a file in the artifacts of `job`: only for child pipelines.' },
  inputs,
  job: { shape: text(), about: 'The job that made the file.' },
  rules: {
    shape: list(holder('include_rule'), { nested: true, atLeast: 1 }),
    about: 'The first rule that matches decides whether the file is included.',
  },
  component: { shape: text(), about: 'Address of a component: host, project, name and `@version`.' },
} as const;

const TOGETHER = { project: ['file'], artifact: ['job'], integrity: ['remote'], cache: ['remote'] } as const;

const FOLLOW_UP = {
  strategy: { shape: word(TRIGGER_STRATEGIES), about: 'The job takes the status of the pipeline that it starts.' },
  forward: { shape: holder('forward'), about: 'Which variables the pipeline is given.' },
} as const;

export const INCLUDE_HOLDERS: KeywordTable = {
  include: defineHolder(
    TRIGGER_INCLUDE_KEYS,
    'Another file of the configuration.',
    FILES,
    // GitLab ignores other keys here
    { closed: false, exactlyOne: [KINDS], together: TOGETHER },
  ),
  trigger_include: defineHolder(TRIGGER_INCLUDE_KEYS, 'A file of the child pipeline.', FILES, {
    exactlyOne: [KINDS],
    together: TOGETHER,
  }),
  trigger_project: defineHolder(
    TRIGGER_PROJECT_KEYS,
    'A pipeline of another project.',
    {
      ...FOLLOW_UP,
      project: { shape: text({ notBlank: true }), about: 'Path of the project.' },
      branch: { shape: text(), about: 'Its branch or tag; without it the default branch.' },
      inputs,
    },
    { required: ['project'] },
  ),
  trigger_child: defineHolder(
    TRIGGER_CHILD_KEYS,
    'A child pipeline of files.',
    {
      ...FOLLOW_UP,
      include: {
        shape: either(
          text(),
          list(either(text(), holder('trigger_include')), { nested: true, atMost: LIMITS.triggerIncludes }),
        ),
        about: 'The files of the child pipeline: a path, or a list.',
      },
    },
    { required: ['include'] },
  ),
  forward: defineHolder(FORWARD_KEYS, 'Which variables the started pipeline is given.', {
    yaml_variables: {
      shape: boolean,
      about: 'Those that the file gives to the trigger job.',
      default: DEFAULT_FORWARD.yamlVariables,
    },
    pipeline_variables: {
      shape: boolean,
      about: 'Those that whoever started this pipeline gave to it.',
      default: DEFAULT_FORWARD.pipelineVariables,
    },
  }),
};
