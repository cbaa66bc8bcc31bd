import { expect, it } from 'vitest';
import { goldenHost } from '../../test/support/language-host.ts';
import { TextMemory } from './compile-memory.ts';
import { type CompileInput, type CompileMemory, compile, newCompileMemory } from './index.ts';

const HOST = {
  sections: new Map<string, string>(),
  paths: [],
  open: [],
  moved: {},
  remote: {},
  late: [],
  isChild: false,
};
const NOBODY = { changedFiles: async () => undefined, identifyFiles: async () => [] };

const jobsOf = async (memory: CompileMemory, content: string, over: Partial<CompileInput> = {}): Promise<unknown> => {
  const scope = { below: [], above: [] };
  const result = await compile(
    {
      purpose: 'create',
      content,
      path: '.gitlab-ci.yml',
      facts: { source: 'schedule', ref: 'main', tag: false, branch: 'main' },
      variables: { pipeline: scope, forJob: () => scope },
      inputs: {},
      memory,
      ...over,
    },
    goldenHost(HOST, NOBODY),
  );
  return result.kind === 'compiled' ? result.pipeline.jobs.map(({ name }) => name) : result.kind;
};

const withVariable = (key: string, value: string): Pick<CompileInput, 'variables'> => {
  const scope = { below: [], above: [{ key, value, raw: false, masked: false }] };
  return { variables: { pipeline: scope, forJob: () => scope } };
};

it('keeps what the text says, not what its rules came to', async () => {
  const memory = newCompileMemory();
  const text = 'a: { script: a, rules: [{ if: $WHO == "a" }] }\nb: { script: b, rules: [{ if: $WHO == "b" }] }\n';
  expect(await jobsOf(memory, text, withVariable('WHO', 'a'))).toEqual(['a']);
  expect(await jobsOf(memory, text, withVariable('WHO', 'b'))).toEqual(['b']);
});

it('does not answer for another text, or with inputs', async () => {
  const memory = newCompileMemory();
  expect(await jobsOf(memory, 'a: { script: a }\n')).toEqual(['a']);
  expect(await jobsOf(memory, 'b: { script: b }\n')).toEqual(['b']);
  expect(await jobsOf(memory, 'a: { script: a }\n', { inputs: { never: 'heard of' } })).toBe('config_error');
});

it('puts the inputs of each pipeline into the same file', async () => {
  const memory = newCompileMemory();
  const text = 'spec: { inputs: { name: {} } }\n---\n$[[ inputs.name ]]: { script: a }\n';
  expect(await jobsOf(memory, text, { inputs: { name: 'one' } })).toEqual(['one']);
  expect(await jobsOf(memory, text, { inputs: { name: 'two' } })).toEqual(['two']);
});

it('forgets the oldest texts when they come to more than a million characters', () => {
  const memory = new TextMemory<number>();
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(400_000));
  for (const [index, text] of texts.entries()) memory.keep(text, index);
  expect(texts.map((text) => memory.find(text))).toEqual([undefined, 1, 2]);
  memory.keep('d'.repeat(1_000_001), 3);
  expect(memory.find('d'.repeat(1_000_001))).toBeUndefined();
});
