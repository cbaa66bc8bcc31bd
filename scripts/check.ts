import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

interface Gate {
  readonly name: string;
  /** A program of a package, as a path below node_modules, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

interface Verdict {
  readonly gate: Gate;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

const root = resolve(import.meta.dirname, '..');
const FOLDERS = ['src', 'test', 'scripts', 'bench'].filter((folder) => existsSync(resolve(root, folder)));
const LINES_SHOWN = 100;

// Longest first.
const GATES: readonly Gate[] = [
  { name: 'dead code', command: ['knip/bin/knip.js', '--no-progress', '--no-config-hints'] },
  {
    name: 'import rules',
    command: ['dependency-cruiser/bin/dependency-cruiser.mjs', '--config', '.dependency-cruiser.mjs', '--', ...FOLDERS],
  },
  { name: 'types', command: ['@typescript/native/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'lint', command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types of the pure folders', command: ['@typescript/native/bin/tsc', '-p', 'tsconfig.pure.json'] },
  { name: 'format', command: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=10'] },
];

const run = (gate: Gate): Promise<Verdict> => {
  const began = performance.now();
  const [program, ...args] = gate.command;
  const child = spawn(process.execPath, [resolve(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (status) => {
      const seconds = (performance.now() - began) / 1000;
      done({ gate, ok: status === 0, seconds, output: Buffer.concat(chunks).toString('utf8').trim() });
    });
  });
};

const tell = ({ gate, ok, seconds, output }: Verdict): void => {
  const lines = output.split('\n');
  if (!ok) console.log(`\n${lines.slice(0, LINES_SHOWN).join('\n')}\n`);
  if (!ok && lines.length > LINES_SHOWN) {
    console.log(`… and ${lines.length - LINES_SHOWN} lines more: node node_modules/${gate.command.join(' ')}\n`);
  }
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${gate.name} (${seconds.toFixed(1)} s)`);
};

const began = performance.now();
const waiting = [...GATES];
const verdicts: Verdict[] = [];
const worker = async (): Promise<void> => {
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
    const verdict = await run(gate);
    verdicts.push(verdict);
    tell(verdict);
  }
};
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));

const failed = verdicts.filter(({ ok }) => !ok).map(({ gate }) => gate.name);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `every gate passed (${seconds} s)`
    : `${failed.length} failed (${seconds} s): ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
