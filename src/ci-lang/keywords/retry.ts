import { JOB_FAILURE_REASONS } from '../../wire/statuses.ts';
import type { CompiledRetry } from '../compiled.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, checkKey, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Keyword } from './keyword.ts';
import { integersOf, isInteger, isList, isMap, isNumber, isText, textsOf } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, type Place } from './place.ts';

/** Reasons that GitLab's table holds beyond ours: accepted, never met. */
const FOREIGN_REASONS: readonly string[] = [
  'upstream_bridge_project_not_found',
  'insufficient_upstream_permissions',
  'bridge_pipeline_is_child_pipeline',
  'ip_restriction_failure',
  'reached_max_pipeline_hierarchy_size',
  'reached_downstream_pipeline_trigger_rate_limit',
  'duo_workflow_not_allowed',
  'job_router_failure',
];

export const RETRY_KEYS = ['max', 'when', 'exit_codes'] as const;
export const RETRY_REASONS: readonly string[] = [...JOB_FAILURE_REASONS, ...FOREIGN_REASONS, 'always'];

export const retryKeyword: Keyword<CompiledRetry> = {
  name: 'retry',
  read: (place) => {
    const { node } = place;
    // GitLab calls the place `retry` wherever it stands.
    const bare: Place = { ...place, shownAs: 'retry' };
    if (isInteger(node)) checkNumber(bare, 'config', node);
    else if (isMap(node)) checkMap(bare, node);
    else failWith(place, 'retry config has to be either an integer or a hash');
    if (hasFailed(place)) return undefined;
    return isMap(node) ? readMap(node) : { max: integersOf(node)[0] ?? 0, when: ['always'], exitCodes: [] };
  },
};

const checkNumber = (place: Place, attribute: string, node: YamlNode): void => {
  if (!isNumber(node)) fail(place, attribute, 'is not a number');
  else if (!isInteger(node)) fail(place, attribute, 'must be an integer');
  else if (Number(node.value) < 0) fail(place, attribute, 'must be greater than or equal to 0');
  else if (Number(node.value) > LIMITS.retries) {
    fail(place, attribute, `must be less than or equal to ${LIMITS.retries}`);
  }
};

const checkMap = (place: Place, map: YamlMap): void => {
  allowKeys(place, map, RETRY_KEYS);
  const max = givenValue(map, 'max');
  if (max !== undefined) checkNumber(place, 'max', max);
  checkKey(place, map, 'when', should.beTextsOrText);
  const when = givenValue(map, 'when');
  if (when !== undefined && isList(when)) {
    const unknown = textsOf(when).filter((reason) => !RETRY_REASONS.includes(reason));
    if (unknown.length > 0) {
      fail(place, 'when', `contains unknown values: ${unknown.join(', ')}`, didYouMean(unknown, RETRY_REASONS));
    }
  } else if (when !== undefined && isText(when) && !RETRY_REASONS.includes(when.text)) {
    fail(place, 'when', 'is not included in the list', didYouMean([when.text], RETRY_REASONS));
  }
  checkKey(place, map, 'exit_codes', should.beIntegersOrInteger);
};

/** Without `when`, every failure counts; but with exit codes alone, only those. */
const readMap = (map: YamlMap): CompiledRetry => {
  const max = givenValue(map, 'max');
  const when = givenValue(map, 'when');
  const codes = givenValue(map, 'exit_codes');
  const exitCodes = codes === undefined ? [] : integersOf(codes);
  return {
    max: max === undefined ? 0 : (integersOf(max)[0] ?? 0),
    when: when === undefined ? (codes === undefined ? ['always'] : []) : textsOf(when),
    exitCodes,
  };
};
