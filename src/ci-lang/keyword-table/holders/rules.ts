import { POLICY_KEYS } from '../../keywords/policy.ts';
import { CHANGES_KEYS } from '../../keywords/rule-changes.ts';
import { EXISTS_KEYS } from '../../keywords/rule-exists.ts';
import {
  INCLUDE_RULE_KEYS,
  JOB_RULE_KEYS,
  JOB_RULE_WHENS,
  PLAIN_RULE_WHENS,
  WORKFLOW_RULE_KEYS,
} from '../../keywords/rules.ts';
import { LIMITS } from '../../limits.ts';
import * as shape from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';

const { boolean, either, expression, holder, list, map, scalar, text, texts, word } = shape;

const patterns = texts(LIMITS.rulePatterns);

const CONDITIONS = {
  if: { shape: expression, about: 'The rule matches only when this expression holds.' },
  changes: {
    shape: either(patterns, holder('changes')),
    about: 'The rule matches only when one of these files has changed; without a diff it matches.',
  },
  exists: {
    shape: either(text(), patterns, holder('exists')),
    about: 'The rule matches only when one of these files is in the repository.',
  },
} as const;

const variables = { shape: map(scalar), about: 'Variables that the rule adds or overrides.' } as const;
const WITHOUT_EFFECT = 'Accepted here without an effect.';
const needs = either(holder('job_need'), list(either(text({ notBlank: true }), holder('job_need')), { nested: true }));

export const RULE_HOLDERS: KeywordTable = {
  job_rule: defineHolder(
    JOB_RULE_KEYS,
    'A rule of a job: it matches when all of its conditions hold.',
    {
      ...CONDITIONS,
      variables,
      when: { shape: word(JOB_RULE_WHENS), about: 'When the job starts; `never` leaves it out.' },
      start_in: { shape: shape.duration, about: 'How long a job with `when: delayed` waits: one week at most.' },
      allow_failure: { shape: boolean, about: 'Whether the pipeline goes on when the job fails.' },
      needs: { shape: needs, about: 'Takes the place of the needs of the job.' },
      interruptible: { shape: boolean, about: 'Takes the place of what the job says.' },
    },
    { notEmpty: true, together: { start_in: ['when'] } },
  ),
  workflow_rule: defineHolder(
    WORKFLOW_RULE_KEYS,
    'A rule of the pipeline: it matches when all of its conditions hold.',
    {
      ...CONDITIONS,
      variables,
      when: {
        shape: word(PLAIN_RULE_WHENS),
        about: 'Whether the pipeline is made when the rule matches.',
        default: 'always',
      },
      start_in: { shape: shape.duration, about: WITHOUT_EFFECT },
      allow_failure: { shape: boolean, about: WITHOUT_EFFECT },
      needs: { shape: needs, about: WITHOUT_EFFECT },
      auto_cancel: { shape: holder('auto_cancel'), about: 'When the pipeline is canceled by itself.', since: '16.8' },
    },
    { notEmpty: true },
  ),
  include_rule: defineHolder(
    INCLUDE_RULE_KEYS,
    'A rule of an include: it matches when all of its conditions hold.',
    {
      ...CONDITIONS,
      exists: { ...CONDITIONS.exists, shape: either(text(), texts(), holder('exists')) },
      when: {
        shape: word(PLAIN_RULE_WHENS),
        about: 'Whether the file is included when the rule matches.',
        default: 'always',
      },
    },
    { notEmpty: true },
  ),
  changes: defineHolder(
    CHANGES_KEYS,
    'Files that must have changed.',
    {
      paths: { shape: patterns, about: 'Paths and globs, one of which must match.' },
      regexp: { shape: text(), about: 'Regular expression that one of the paths must match.', since: '19.2' },
      compare_to: { shape: text(), about: 'The branch, tag or commit to compare to.' },
    },
    { exactlyOne: [['paths', 'regexp']] },
  ),
  exists: defineHolder(
    EXISTS_KEYS,
    'Files that must be there.',
    {
      paths: { shape: patterns, about: 'Paths and globs, one of which must match.' },
      regexp: { shape: text(), about: 'Regular expression that one of the paths must match.', since: '19.2' },
      project: { shape: text(), about: 'Path of the project to look into.' },
      ref: { shape: text(), about: 'Branch, tag or commit of `project`.' },
    },
    { exactlyOne: [['paths', 'regexp']], together: { ref: ['project'] } },
  ),
  policy: defineHolder(
    POLICY_KEYS,
    'Conditions in the form that was used before `rules`.',
    {
      refs: { shape: texts(), about: 'Names of refs, kinds of pipelines, and regular expressions between slashes.' },
      kubernetes: { shape: word(['active']), about: 'Whether a cluster is set up.' },
      variables: { shape: list(expression), about: 'Expressions, one of which must hold.' },
      changes: { shape: texts(), about: 'Paths and globs, one of which must have changed.' },
    },
    { notEmpty: true },
  ),
};
