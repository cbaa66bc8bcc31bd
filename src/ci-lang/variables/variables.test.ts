import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandOnce, lookupIn, sortAndExpandAll, type Variable } from './index.ts';

const lookup = lookupIn([
  { key: 'A', value: 'weak' },
  { key: 'A', value: 'a' },
  { key: 'E', value: '' },
  { key: 'N', value: '$A' },
  { key: 'D', value: '$&$1' },
]);

describe('expandOnce', () => {
  it.each([
    ['$A', 'a', 'a'],
    ['${A}', 'a', 'a'],
    ['%A%', 'a', 'a'],
    ['x$A-${A}/%A%', 'xa-a/a', 'xa-a/a'],
    ['$UNDEF', '', '$UNDEF'],
    ['${UNDEF}', '', '${UNDEF}'],
    ['%U%', '', '%U%'],
    ['$E', '', ''],
    ['$$A', '$a', '$a'],
    ['%%A%%', '%a%', '%a%'],
    ['$A_b', '', '$A_b'],
    ['\\$A', '\\a', '\\a'],
    ['$N', '$A', '$A'],
    ['$D', '$&$1', '$&$1'],
    ['${A', '${A', '${A'],
    ['$1', '$1', '$1'],
    ['${1A}', '${1A}', '${1A}'],
    ['${A:-d}', '${A:-d}', '${A:-d}'],
    ['100%', '100%', '100%'],
    ['$(A)', '$(A)', '$(A)'],
    ['${{A}}', '${{A}}', '${{A}}'],
    ['$constructor', '', '$constructor'],
  ])('%s: blank %s, existing %s', (text, blank, existing) => {
    expect(expandOnce(text, lookup, 'blank')).toBe(blank);
    expect(expandOnce(text, lookup, 'existing')).toBe(existing);
  });

  it('leaves a reference as written where the lookup answers null', () => {
    expect(expandOnce('$F ${F} $U', (name) => (name === 'F' ? null : undefined), 'blank')).toBe('$F ${F} ');
  });
});

const expand = (list: readonly Variable[], mode: 'server' | 'runner' = 'server'): unknown => {
  const result = sortAndExpandAll(list, mode);
  return result.ok ? result.variables.map(({ key, value }) => `${key}=${value}`) : result.error;
};
const list = (...definitions: readonly string[]): Variable[] =>
  definitions.map((each) => ({ key: each.slice(0, each.indexOf('=')), value: each.slice(each.indexOf('=') + 1) }));

describe('sortAndExpandAll', () => {
  it('puts what is referred to first and expands through it', () => {
    expect(expand(list('C=$B!', 'B=${A}%A%', 'A=x'))).toEqual(['A=x', 'B=xx', 'C=xx!']);
  });

  it('keeps the order of what does not refer', () => {
    expect(expand(list('Z=1', 'A=2', 'M=3'))).toEqual(['Z=1', 'A=2', 'M=3']);
  });

  it('removes unknown references, and keeps them for the runner', () => {
    expect(expand(list('A=x$U-${U}-%U%'))).toEqual(['A=x--']);
    expect(expand(list('A=x$U-${U}-%U%'), 'runner')).toEqual(['A=x$U-${U}-%U%']);
  });

  it('leaves $$, %% and ${} untouched', () => {
    expect(expand(list('A=v', 'B=$$A %%A%% ${} $$$A'))).toEqual(['A=v', 'B=$$A %%A%% ${} $$v']);
  });

  it('takes a lone reference to itself for unknown', () => {
    expect(expand(list('A=$A'))).toEqual(['A=']);
    expect(expand(list('A=$A'), 'runner')).toEqual(['A=$A']);
  });

  it('lets a weaker definition that mentions itself win over the stronger one', () => {
    expect(expand(list('A=yaml:$A', 'A=proj'))).toEqual(['A=proj', 'A=yaml:proj']);
    expect(expand(list('A=yaml:$A', 'A=proj', 'B=$A'), 'runner')).toEqual(['A=proj', 'A=yaml:proj', 'B=yaml:proj']);
  });

  it('resolves a reference to the last of several definitions', () => {
    expect(expand(list('A=weak', 'A=strong', 'B=$A'))).toEqual(['A=weak', 'A=strong', 'B=strong']);
    expect(expand(list('B=$A', 'A=weak', 'A=strong'))).toEqual(['A=weak', 'A=strong', 'B=strong']);
  });

  it.each([
    [list('A=$B', 'B=$A'), 'circular variable reference detected: ["A", "B"]'],
    [list('A=$B', 'B=$C', 'C=$A', 'D=x'), 'circular variable reference detected: ["A", "B", "C"]'],
    [list('A=1$A', 'A=2$A'), 'circular variable reference detected: ["A", "A"]'],
    [list('A=$B', 'B=$A', 'C=$D', 'D=$C'), 'circular variable reference detected: ["A", "B"], ["C", "D"]'],
    [list('X=$A', 'A=$B', 'B=$A'), 'circular variable reference detected: ["A", "B"]'],
  ])('refuses the cycle %j', (variables, error) => {
    expect(expand(variables)).toBe(error);
  });

  it('does not expand raw variables, and for the runner not references to raw and file ones', () => {
    const variables: Variable[] = [
      { key: 'R', value: 'raw-$A', raw: true },
      { key: 'F', value: 'content-$A', file: true },
      { key: 'A', value: 'a' },
      { key: 'B', value: '$R $F $A' },
    ];
    expect(expand(variables)).toEqual(['R=raw-$A', 'A=a', 'F=content-a', 'B=raw-$A content-a a']);
    expect(expand(variables, 'runner')).toEqual(['R=raw-$A', 'A=a', 'F=content-a', 'B=$R $F a']);
  });

  it('is no cycle when a raw variable takes part', () => {
    expect(expand([...list('A=$B'), { key: 'B', value: '$A', raw: true }])).toEqual(['B=$A', 'A=$A']);
  });

  it('keeps the other properties of a variable', () => {
    const variable: Variable = { key: 'A', value: '$B', masked: true, public: false };
    expect(sortAndExpandAll([variable], 'server')).toEqual({ ok: true, variables: [{ ...variable, value: '' }] });
  });

  it('stops values that double', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => `V${index}=$V${index + 1}$V${index + 1}`);
    expect(expand(list(...doubling, 'V40=x'))).toBe('variables are too long after expansion');
  });

  it('follows long chains and many definitions in little time', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `V${index}=$V${index + 1}`);
    const crowd = [...Array.from({ length: 1000 }, () => 'A=x'), ...Array.from({ length: 1000 }, () => 'B=$A')];
    const before = process.threadCpuUsage();
    expect(expand(list(...chain, 'V20000=end'))).toContain('V0=end');
    expect(expand(list(...crowd))).toHaveLength(2000);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(2000);
  });

  it('loses no definition and, without cycles, leaves no reference to a defined variable', () => {
    const name = fc.constantFrom('A', 'B', 'C', 'D');
    const part = fc.oneof(
      fc.constantFrom('x', '-', '$$', '%%', '$U', '100%'),
      name.map((each) => `\${${each}}`),
    );
    const variable = fc.record({ key: name, value: fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')) });
    fc.assert(
      fc.property(fc.array(variable, { maxLength: 8 }), (variables) => {
        const result = sortAndExpandAll(variables, 'server');
        if (!result.ok) return;
        expect(result.variables.map(({ key }) => key).sort()).toEqual(variables.map(({ key }) => key).sort());
        for (const { value } of result.variables) expect(value).not.toMatch(/\$\{[A-D]\}|\$U/);
      }),
      { numRuns: 1000 },
    );
  });
});
