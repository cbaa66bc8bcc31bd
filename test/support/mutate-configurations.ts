import fc from 'fast-check';
import { listProjectFolders, readProjectFolder } from '../configurations/project-folder.ts';
import { checkHostileFile } from './check-hostile-file.ts';

const TEXTS = listProjectFolders()
  .flatMap((name) => [...readProjectFolder(name).files])
  .flatMap(([path, text]) => (path.endsWith('.yml') ? [text] : []));

const LINES = TEXTS.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');

const SCALARS = [
  'null',
  '~',
  'true',
  '1e9',
  '-1',
  '0o17',
  '12:30',
  '2001-01-01',
  '""',
  '[]',
  '{}',
  '*a',
  '&a x',
  '!reference [a]',

  '!!binary aGk=',
  '!reference [.pre, script]',
  '"\\0"',
  '\u0000',
  '\ud800',
  '\u2028',
  '|',
  '>-',
  '$A',
  '${A',
  '%A%',

  "'$[[ inputs.a | x ]]'",
  '$[[ inputs.__proto__ ]]',
  '/((a{1,100}){1,100}){1,100}/',
  '/(a*)*b/',
  '<<',
  '__proto__',
];

/** One change of a file that people wrote, in a place that `at` picks. */
type Change = (lines: string[], at: number, scalar: string, line: string) => void;

const keyOf = (line: string): RegExpExecArray | null => /^([\s-]*)([^:#]+)(:.*)$/.exec(line);

const CHANGES: readonly Change[] = [
  (lines, at) => lines.splice(at, 1),
  (lines, at) => lines.splice(at, 0, lines[at] ?? ''),
  (lines, at) => lines.splice(at, 2, lines[at + 1] ?? '', lines[at] ?? ''),
  (lines, at) => lines.splice(at, 1, ` ${lines[at] ?? ''}`),
  (lines, at) => lines.splice(at, 1, (lines[at] ?? '').replace(/^ /, '')),
  (lines, at) => lines.splice(at, 1, `\t${lines[at] ?? ''}\r`),
  (lines, at, scalar) => lines.splice(at, 1, (lines[at] ?? '').replace(/(:\s+|-\s+).*$/, `$1${scalar}`)),
  (lines, at, scalar) => lines.splice(at, 1, (lines[at] ?? '').replace(/(:\s+|-\s+)/, `$1${scalar} `)),
  (lines, at, scalar) => {
    const [, before = '', , after = ''] = keyOf(lines[at] ?? '') ?? [];
    if (after !== '') lines.splice(at, 1, `${before}${scalar}${after}`);
  },
  (lines, at, _, line) => {
    const [, , key] = keyOf(line) ?? [];
    const [, before = '', , after = ''] = keyOf(lines[at] ?? '') ?? [];
    if (key !== undefined && after !== '') lines.splice(at, 1, `${before}${key}${after}`);
  },
  (lines, at, _, line) => lines.splice(at, 0, line),
  (lines, at) => lines.splice(at, 0, '---'),
  (lines, at) => lines.splice(at, 0, `${/^\s*/.exec(lines[at] ?? '')?.[0] ?? ''}<<: *a`),
  (lines, at) => lines.splice(at, lines.length, ...(TEXTS[at % TEXTS.length] ?? '').split('\n').slice(at)),
];

const change = fc.tuple(fc.constantFrom(...CHANGES), fc.nat(), fc.constantFrom(...SCALARS), fc.constantFrom(...LINES));

/** Configurations as people write them, with up to six mistakes of an editor or of an attacker. */
const mutated = fc
  .tuple(fc.constantFrom(...TEXTS), fc.array(change, { minLength: 1, maxLength: 6 }))
  .map(([text, changes]) => {
    const lines = text.split('\n');
    for (const [apply, at, scalar, line] of changes) apply(lines, at % (lines.length + 1), scalar, line);
    return lines.join('\n');
  });

/** The smallest file found for which there is no good answer. */
export const findBadMutation = async (numRuns: number): Promise<unknown> => {
  const property = fc.asyncProperty(mutated, async (text) => void (await checkHostileFile(text)));
  const { failed, seed, counterexample, errorInstance } = await fc.check(property, { numRuns });
  return failed ? { seed, found: counterexample, error: errorInstance } : undefined;
};
