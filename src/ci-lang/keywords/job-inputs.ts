import type { CompiledJobInput } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { InputDefinition } from '../inputs/input-definition.ts';
import { coerceValue } from '../inputs/input-value.ts';
import { JOB_INPUT_KEYS, placeOfInput, readInputAt } from '../inputs/read-input.ts';
import { validateValue } from '../inputs/validate-value.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap } from '../yaml/index.ts';
import { checkValue, should } from './checks.ts';
import { jsonOf } from './json-value.ts';
import type { Keyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { errorsOf, failWith, givenValue, locationOf, type Place } from './place.ts';

/** Values that a person may change when the job is started by hand or again: `${{ job.inputs.NAME }}` in its script. */
export const jobInputsKeyword: Keyword<readonly CompiledJobInput[]> = {
  name: 'inputs',
  read: (place) => {
    checkValue(place, should.beMap);
    if (!isMap(place.node)) return undefined;
    const inputs = place.node.entries.flatMap((entry) => {
      const inner = placeOfInput(place, entry);
      const input = readInputAt(inner, entry, JOB_INPUT_KEYS);
      if (isMap(inner.node) && givenValue(inner.node, 'default') === undefined) {
        const hint = 'Nobody can be asked when the job starts by itself.';
        failWith(inner, `${locationOf(inner)} must have a default value`.toLowerCase(), hint);
      }
      return input === undefined || !isMap(inner.node) ? [] : [{ input, map: inner.node }];
    });
    if (errorsOf(place).length > 0) return undefined;
    if (inputs.length <= LIMITS.jobInputs) return inputs.flatMap(({ input, map }) => readValue(place, input, map));
    fail(place, `has too many entries (maximum ${LIMITS.jobInputs})`);
    return undefined;
  },
};

/** GitLab reports these at the job. */
const fail = (place: Place, message: string): void => {
  const job = place.parent;
  if (job !== undefined) failWith(place, `${locationOf(job)} inputs ${message}`.toLowerCase());
};

const readValue = (place: Place, input: InputDefinition, map: YamlMap): readonly CompiledJobInput[] => {
  const { name, type = 'string', default: written, options } = input;
  if (written === undefined) return [];
  const value = coerceValue(written, type);
  for (const problem of validateValue(value, 'default', type, input, options)) fail(place, `\`${name}\`: ${problem}`);
  const text = (key: string): string | undefined => {
    const node = givenValue(map, key);
    return node?.kind === 'scalar' ? node.text : undefined;
  };
  return [
    {
      name,
      type,
      default: jsonOf(value),
      ...definedOnly({ description: text('description'), options: options?.map(jsonOf), regex: text('regex') }),
    },
  ];
};
