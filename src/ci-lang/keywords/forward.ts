import type { TriggerFollowUp } from '../compiled-bridge.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { givenValue, hasFailed } from './place.ts';

type Forward = TriggerFollowUp['forward'];

export const FORWARD_KEYS = ['yaml_variables', 'pipeline_variables'] as const;

export const DEFAULT_FORWARD: Forward = { yamlVariables: true, pipelineVariables: false };

/** Which variables the started pipeline gets. */
export const forwardKeyword: Keyword<Forward> = {
  name: 'forward',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    allowKeys(place, node, FORWARD_KEYS);
    checkKey(place, node, 'yaml_variables', should.beBoolean);
    checkKey(place, node, 'pipeline_variables', should.beBoolean);
    if (hasFailed(place)) return undefined;
    const given = (name: string, otherwise: boolean): boolean => {
      const value = givenValue(node, name);
      return value?.kind === 'scalar' ? value.value === true : otherwise;
    };
    return {
      yamlVariables: given('yaml_variables', DEFAULT_FORWARD.yamlVariables),
      pipelineVariables: given('pipeline_variables', DEFAULT_FORWARD.pipelineVariables),
    };
  },
};
