import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { LIMITS } from '../limits.ts';
import {
  buildSeq,
  buildText,
  loadConfig,
  type PlainValue,
  toPlain,
  type YamlMap,
  type YamlNode,
} from '../yaml/index.ts';
import { type InterpolationContext, interpolateFile, type LoadedFile, pipelineInputs } from './index.ts';

const FILE = 'f.yml';
const at = { file: FILE, line: 1, column: 1 };

const read = (text: string): LoadedFile => {
  const loaded = loadConfig(text, { file: FILE });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded;
};

interface Given {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly context?: Partial<InterpolationContext>;
}

const fill = (file: LoadedFile, { inputs = {}, context = {} }: Given = {}): Promise<YamlMap> =>
  interpolateFile(file, pipelineInputs(inputs, FILE), { shown: FILE, findVariable: () => undefined, ...context });

const plain = (value: PlainValue): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
};

const filled = async (text: string, given?: Given): Promise<unknown> => plain(toPlain(await fill(read(text), given)));

const errorOf = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
    return 'none';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};

describe('a file of a component', () => {
  const component = { name: 'lint', sha: 'abc', version: null, reference: '1.0' };
  const body = '[$[[ component.name ]], $[[ component.version ]]]';

  it('knows what its header asks for', async () => {
    const text = `spec: {component: [name, version]}\n---\nname: $[[ component.name ]]\nv: $[[ component.version ]]\nt: x$[[ component.version ]]`;
    expect(await filled(text, { context: { component } })).toEqual({ name: 'lint', v: null, t: 'x' });
  });

  it('knows nothing else', async () => {
    const text = 'spec: {component: [name]}\n---\na: $[[ component.sha ]]';
    expect(await errorOf(() => filled(text, { context: { component } }))).toBe(
      '`f.yml`: unknown interpolation provided: `sha` in `component.sha`',
    );
    expect(await errorOf(() => filled(`spec: {inputs: {}}\n---\na: "${body}"`, { context: { component } }))).toContain(
      'unknown interpolation provided: `name` in `component.name`',
    );
  });

  it('may not include inputs', async () => {
    const text = 'spec: {include: [a.yml]}\n---\na: b';
    expect(await errorOf(() => filled(text))).toBe('`f.yml`: `spec:include` is not allowed');
  });
});

describe('what is put in', () => {
  const nodesIn = (node: YamlNode): readonly YamlNode[] => {
    if (node.kind === 'seq') return [node, ...node.items.flatMap(nodesIn)];
    if (node.kind !== 'map') return [node];
    return [node, ...node.entries.flatMap(({ key, value }) => [...nodesIn(key), ...nodesIn(value)])];
  };

  it('stands where its block stood, with all that is in it', async () => {
    const value = '[[a, {b: [c, !reference [d, e]]}], null]';
    const file = read(`spec: {inputs: {a: {type: array, default: ${value}}}}\n---\nx: y\nlist:   $[[ inputs.a ]]`);
    const list = (await fill(file)).byName.get('list')?.value;
    const nodes = list === undefined ? [] : nodesIn(list);
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'seq',
      'seq',
      'scalar',
      'map',
      'scalar',
      'seq',
      'scalar',
      'reference',
      'scalar',
    ]);
    expect(new Set(nodes.map(({ position }) => `${position.line}:${position.column}`))).toEqual(new Set(['4:9']));
  });
});

describe('limits', () => {
  const header = read('spec: {inputs: {a: {default: x}, list: {type: array, default: [x, y]}}}\n---\na: b').header;
  const withText = (text: string): LoadedFile => ({ header, content: mapOf([buildText(at, text)]) });
  const mapOf = (items: readonly YamlNode[]): YamlMap => {
    const { content } = read('a: b');
    const [entry] = content.entries;
    if (entry === undefined) throw new Error('no entry');
    const list = { ...entry, value: buildSeq(at, items) };
    return { ...content, entries: [list], byName: new Map([['a', list]]) };
  };
  const times = (count: number, item: (index: number) => string): readonly YamlNode[] =>
    Array.from({ length: count }, (_, index) => buildText(at, item(index)));

  it('1024 bytes of a path', async () => {
    const name = 'a'.repeat(LIMITS.accessBytes - 'inputs.'.length);
    expect(await errorOf(() => fill(withText(`$[[ inputs.${name} ]]`)))).toContain('unknown interpolation provided');
    const tooLong = '`f.yml`: maximum interpolation expression size exceeded';
    expect(await errorOf(() => fill(withText(`$[[ inputs.${name}a ]]`)))).toBe(tooLong);
    expect(await errorOf(() => fill(withText(`$[[ inputs.${name.slice(1)}é ]]`)))).toBe(tooLong);
  });

  it('10 000 different blocks', async () => {
    const blocks = (count: number) => mapOf(times(count, (index) => `$[[ inputs.a | truncate(0,${index}) ]]`));
    expect(await errorOf(() => fill({ header, content: blocks(LIMITS.interpolationBlocks) }))).toBe('none');
    expect(await errorOf(() => fill({ header, content: blocks(LIMITS.interpolationBlocks + 1) }))).toBe(
      '`f.yml`: too many interpolation blocks',
    );
  });

  it('500 000 keys and values', async () => {
    const item = buildText(at, 'x');
    // The map, its key and the list count as well.
    const items = (count: number) => mapOf(Array.from({ length: count - 3 }, () => item));
    expect(await errorOf(() => fill({ header, content: items(LIMITS.interpolationNodes) }))).toBe('none');
    expect(await errorOf(() => fill({ header, content: items(LIMITS.interpolationNodes + 1) }))).toBe(
      '`f.yml`: config too large',
    );
  });

  it('one text of a mebibyte, in bytes', async () => {
    const most = LIMITS.interpolationTextBytes;
    expect(await errorOf(() => fill(withText('x'.repeat(most))))).toBe('none');
    const tooLarge = '`f.yml`: config node too large';
    expect(await errorOf(() => fill(withText('x'.repeat(most + 1))))).toBe(tooLarge);
    expect(await errorOf(() => fill(withText('é'.repeat(most / 2))))).toBe('none');
    expect(await errorOf(() => fill(withText(`${'é'.repeat(most / 2)}x`)))).toBe(tooLarge);
    expect(await errorOf(() => fill(withText(`${'😀'.repeat(most / 4)}x`)))).toBe(tooLarge);
  });

  it('what comes out: texts and copies of lists', async () => {
    const long = { inputs: { a: 'x'.repeat(500_000) } };
    const count = LIMITS.interpolatedCharacters / 500_000;
    const text = (uses: number) => mapOf(times(uses, () => 'y$[[ inputs.a ]]'));
    expect(await errorOf(() => fill({ header, content: text(Math.floor(count)) }, long))).toBe('none');
    const tooLarge = '`f.yml`: config too large';
    expect(await errorOf(() => fill({ header, content: text(Math.ceil(count)) }, long))).toBe(tooLarge);
    const list = { inputs: { list: Array.from({ length: 999 }, () => 1) } };
    const lists = (uses: number) => mapOf(times(uses, () => '$[[ inputs.list ]]'));
    expect(await errorOf(() => fill({ header, content: lists(LIMITS.expandedNodes / 1000) }, list))).toBe('none');
    expect(await errorOf(() => fill({ header, content: lists(LIMITS.expandedNodes / 1000 + 1) }, list))).toBe(tooLarge);
  });

  it('what functions look at', async () => {
    const long = { inputs: { a: 'x'.repeat(1_000_000) } };
    const content = mapOf(times(100, (index) => `$[[ inputs.a | truncate(0,${index}) ]]`));
    expect(await errorOf(() => fill({ header, content }, long))).toBe('`f.yml`: config too large');
    const context = { findVariable: () => ({ key: 'V', value: 'v'.repeat(1_000_000) }) };
    const inputs = { a: '$V'.repeat(1000) };
    const expanded = withText('$[[ inputs.a | expand_vars ]]');
    expect(await errorOf(() => fill(expanded, { inputs, context }))).toBe('`f.yml`: config too large');
  });

  it('levels of given values', async () => {
    const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    const text = withText('$[[ inputs.list ]]');
    expect(await errorOf(() => fill(text, { inputs: { list: deep(100) } }))).toBe('none');
    const notJson = '`f.yml`: `list` input: provided value is not an array';
    expect(await errorOf(() => fill(text, { inputs: { list: deep(101) } }))).toBe(notJson);
    expect(await errorOf(() => fill(text, { inputs: { list: deep(100_000) } }))).toBe(notJson);
    expect(await errorOf(() => fill(text, { inputs: { list: JSON.parse(deep(101)) } }))).toBe(
      '`f.yml`: Given inputs are nested too deeply',
    );
  });
});

describe('whatever the file and the values', () => {
  const words = fc.constantFrom(
    ...'inputs include component description default options regex rules type if'.split(' '),
    ...'string number boolean array a b name [a "1" [1] :x __proto__ constructor $V'.split(' '),
    '',
    '$[[ inputs.a ]]',
    '$[[ inputs.b ]] == "x"',
    '$[[ inputs.a | truncate(0,1) ]]',
    '$[[ inputs.a[0] | expand_vars ]]',
    '$[[ component.name ]]',
  );
  const word = fc.oneof({ weight: 6, arbitrary: words }, fc.string({ maxLength: 6 }));
  const { tree } = fc.letrec<{ readonly tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      word,
      fc.constantFrom(null, true, 0, 1.5),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(word, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const definitions = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.dictionary(word, tree, { maxKeys: 3 }));
  const specs = fc.oneof(tree, fc.record({ inputs: fc.oneof(definitions, tree) }), fc.dictionary(word, tree));
  const json = (value: unknown): string => JSON.stringify(value) ?? 'null';

  it('there is a content or a ConfigError with a place', async () => {
    const check = async (spec: unknown, content: unknown, inputs: Readonly<Record<string, unknown>>) => {
      const file = loadConfig(`spec: ${json(spec)}\n---\ncontent: ${json(content)}`, { file: FILE });
      if (!file.ok) return;
      const context = { findVariable: () => ({ key: 'V', value: 'v' }), loadSpecIncludes: () => Promise.resolve([]) };
      try {
        await fill(file, { inputs, context });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const [{ message, line }] = error.diagnostics;
        expect(message).toMatch(/^`f\.yml`: \S/);
        expect(line).toBeGreaterThan(0);
      }
    };
    await fc.assert(fc.asyncProperty(specs, tree, fc.dictionary(word, tree), check), { numRuns: 1500 });
  });

  it('without blocks nothing changes', async () => {
    const check = async (content: unknown) => {
      const text = json(content).replaceAll('$[[', '');
      const file = read(`spec: {inputs: {a: {default: x}}}\n---\ncontent: ${text}`);
      expect(await fill(file)).toBe(file.content);
    };
    await fc.assert(fc.asyncProperty(tree, check), { numRuns: 300 });
  });
});
