import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, requireKeys } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isInteger, isList, isMap, isNull, isNumber, isTextOrSymbol, textsOf } from './node-tests.ts';
import { fail, failWith, hasFailed, locationOf, type Place, placeInside, placeOfEntry } from './place.ts';

/** One map of a matrix: names in the order of the file, each with its values. */
export type MatrixRow = readonly { readonly key: string; readonly values: readonly string[] }[];

export type ParallelDefinition =
  | { readonly kind: 'number'; readonly total: number }
  | { readonly kind: 'matrix'; readonly rows: readonly MatrixRow[] };

export const PARALLEL_KEYS = ['matrix'] as const;

const parallelLike = (takesNumber: boolean): Keyword<ParallelDefinition> => ({
  name: 'parallel',
  read: (place) => {
    const { node } = place;
    if (isNumber(node)) {
      checkTotal(place, node);
      if (!takesNumber) fail(place, 'config', 'cannot use "parallel: <number>".', 'A trigger job takes a `matrix`.');
      return hasFailed(place) ? undefined : { kind: 'number', total: Number(node.value) };
    }
    const rows = readMatrix(place);
    return rows === undefined ? undefined : { kind: 'matrix', rows };
  },
});

export const parallelKeyword = parallelLike(true);
/** Trigger jobs: a matrix only. */
export const triggerParallelKeyword = parallelLike(false);

/** `parallel` of a need: a matrix only. */
export const needMatrixKeyword: Keyword<readonly MatrixRow[]> = {
  name: 'parallel',
  read: (place) => readMatrix(place),
};

const checkTotal = (place: Place, node: YamlNode): void => {
  const total = node.kind === 'scalar' ? Number(node.value) : 0;
  if (!isInteger(node)) fail(place, 'config', 'must be an integer');
  else if (total < 1) fail(place, 'config', 'must be greater than or equal to 1');
  else if (total > LIMITS.parallelJobs) fail(place, 'config', `must be less than or equal to ${LIMITS.parallelJobs}`);
};

const readMatrix = (place: Place): readonly MatrixRow[] | undefined => {
  const { node } = place;
  if (!isMap(node)) {
    failWith(place, `${locationOf(place)} should be an integer or a hash`);
    return undefined;
  }
  allowKeys(place, node, PARALLEL_KEYS);
  requireKeys(place, node, PARALLEL_KEYS);
  const entry = node.byName.get('matrix');
  if (hasFailed(place) || entry === undefined) return undefined;
  const matrix = placeOfEntry(place, entry);
  // GitLab takes it for an empty list: the job stands for no job at all
  if (isNull(matrix.node)) return [];
  if (!isList(matrix.node) || !matrix.node.items.every(isMap)) {
    fail(matrix, 'config', 'should be an array of hashes');
    return undefined;
  }
  const rows = matrix.node.items.filter(isMap).map((item, index) => readRow(matrix, item, index));
  if (countOf(rows) > LIMITS.parallelJobs) {
    fail(matrix, 'config', `generates too many jobs (maximum is ${LIMITS.parallelJobs})`);
  }
  return hasFailed(matrix) ? undefined : rows;
};

const isMatrixValue = (node: YamlNode): boolean => isTextOrSymbol(node) || isInteger(node);

const readRow = (matrix: Place, map: YamlMap, index: number): MatrixRow => {
  const place = placeInside(matrix, 'variables', map, map.position, String(index));
  const sound = map.entries.every(
    ({ name, key, value }) =>
      (name !== undefined || isInteger(key)) &&
      (isList(value) ? value.items.every(isMatrixValue) : isMatrixValue(value)),
  );
  if (!sound) fail(place, 'config', 'should be a hash of key value pairs, value can be an array');
  if (map.entries.length === 0) fail(place, 'config', 'requires at least 1 items');
  return map.entries.map(({ name, key, value }) => ({
    key: name ?? (key.kind === 'scalar' ? key.text : ''),
    values: textsOf(value),
  }));
};

const countOf = (rows: readonly MatrixRow[]): number =>
  rows.reduce((sum, row) => sum + row.reduce((product, { values }) => product * values.length, 1), 0);
