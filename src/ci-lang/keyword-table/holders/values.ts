import { INPUT_TYPES } from '../../inputs/input-definition.ts';
import { JOB_INPUT_KEYS, SPEC_INPUT_KEYS } from '../../inputs/read-input.ts';
import { INPUT_RULE_KEYS } from '../../inputs/read-input-rules.ts';
import { FUNCTION_SOURCES, FUNCTION_STEP_KEYS, NAME_PATTERN, SCRIPT_STEP_KEYS } from '../../keywords/run.ts';
import { JOB_VARIABLE_KEYS, ROOT_VARIABLE_KEYS } from '../../keywords/variables.ts';
import { LIMITS } from '../../limits.ts';
import {
  anything,
  boolean,
  either,
  expression,
  holder,
  integer,
  list,
  map,
  scalar,
  text,
  texts,
  word,
} from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';

const options = {
  shape: list(anything, { atMost: LIMITS.inputOptions }),
  about: 'The values that are allowed.',
} as const;

const INPUT = {
  default: { shape: anything, about: 'The value when none is given; without it one must be given.' },
  description: { shape: either(text(), integer()), about: 'What the input is for.' },
  options,
  regex: { shape: text(), about: 'Regular expression that a text must match, without slashes.' },
  type: { shape: word(INPUT_TYPES), about: 'What kind of value it is.', default: 'string' },
} as const;

const VARIABLE = {
  value: { shape: scalar, about: 'The value, which becomes a text.' },
  expand: { shape: boolean, about: 'Whether variables in the value are put in.', default: true, since: '15.6' },
} as const;

const STEP = {
  name: { shape: text({ pattern: NAME_PATTERN }), about: 'Name of the step.' },
  env: { shape: map(text()), about: 'Variables of the step.' },
} as const;

const called = { shape: either(text(), holder('git_function'), holder('oci_function')) } as const;
const place = (about: string) => ({ shape: text(), about }) as const;

export const VALUE_HOLDERS: KeywordTable = {
  root_variable: defineHolder(ROOT_VARIABLE_KEYS, 'A variable with more than its value.', {
    ...VARIABLE,
    description: {
      shape: either(text(), integer()),
      about: 'What it is for: the variable is offered when a pipeline is started by hand.',
    },
    options: { shape: texts(), about: 'The values that are offered; `value` is one of them.' },
  }),
  job_variable: defineHolder(JOB_VARIABLE_KEYS, 'A variable with more than its value.', VARIABLE),
  spec_input: defineHolder(
    SPEC_INPUT_KEYS,
    'An input of the file.',
    {
      ...INPUT,
      rules: {
        shape: list(holder('input_rule')),
        about: 'Default and options that depend on other inputs.',
        since: '18.7',
      },
    },
    {
      atMostOne: [
        ['rules', 'options'],
        ['rules', 'default'],
      ],
    },
  ),
  input_rule: defineHolder(
    INPUT_RULE_KEYS,
    'Default and options under a condition.',
    {
      if: { shape: expression, about: 'Expression of other inputs; without it the rule always matches.' },
      options,
      default: { shape: anything, about: 'The value when none is given.' },
    },
    { required: ['default'] },
  ),
  job_input: defineHolder(JOB_INPUT_KEYS, 'A value that may be changed when the job is started by hand.', INPUT, {
    required: ['default'],
  }),
  script_step: defineHolder(
    SCRIPT_STEP_KEYS,
    'A step with a script.',
    { ...STEP, script: { shape: text({ notBlank: true }), about: 'The commands of the step: one text.' } },
    { required: ['name', 'script'] },
  ),
  function_step: defineHolder(
    FUNCTION_STEP_KEYS,
    'A step that calls a function.',
    {
      ...STEP,
      inputs: { shape: map(anything, { nulls: true }), about: 'Inputs of the function.' },
      step: { ...called, about: 'The function.', deprecated: 'Use `func`.' },
      func: { ...called, about: 'The function: its address, or a map that says where it lies.' },
    },
    { required: ['name'], exactlyOne: [['step', 'func']] },
  ),
  git_function: defineHolder(
    ['git'],
    'A function of a Git repository.',
    { git: { shape: holder('git_source'), about: 'Where it lies in a Git repository.' } },
    { required: ['git'] },
  ),
  oci_function: defineHolder(
    ['oci'],
    'A function of an OCI registry.',
    { oci: { shape: holder('oci_source'), about: 'Where it lies in an OCI registry.' } },
    { required: ['oci'] },
  ),
  git_source: defineHolder(
    FUNCTION_SOURCES.git.all,
    'Where a function lies in a Git repository.',
    {
      url: place('Address of the repository.'),
      rev: place('Branch, tag or commit.'),
      dir: place('Folder of the function.'),
      file: place('File of the function.'),
    },
    { required: FUNCTION_SOURCES.git.required },
  ),
  oci_source: defineHolder(
    FUNCTION_SOURCES.oci.all,
    'Where a function lies in an OCI registry.',
    {
      registry: place('Host of the registry.'),
      repository: place('Path of the image.'),
      tag: place('Tag of the image.'),
      dir: place('Folder of the function.'),
      file: place('File of the function.'),
    },
    { required: FUNCTION_SOURCES.oci.required },
  ),
};
