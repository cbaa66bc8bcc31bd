import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';

type TestError = NonNullable<ReturnType<TestModule['errors']>>[number];

export interface TestReporterOptions {
  /**
   * What could not be run at all on this machine (a program's name → what was left out).
   * Each is one counted skip of a run that reached the named project.
   */
  readonly leftOut: readonly { readonly program: string; readonly what: string; readonly besides: string }[];
  /** Any skip makes the run fail (`PENSTOCK_REQUIRE_ALL=1`, set by `.ci/run`). */
  readonly requireAll: boolean;
}

const FRAMES_SHOWN = 4;
const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

const ownFrames = (stack: string, root: string): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s*at /.test(line) && line.includes(root) && !line.includes('node_modules'))
    .slice(0, FRAMES_SHOWN)
    .map((line) => line.trim().replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, ''));

const describeError = (error: TestError, root: string): string => {
  const parts = [error.message];
  if (typeof error.diff === 'string') parts.push(error.diff);
  if (typeof error.stack === 'string') parts.push(...ownFrames(error.stack, root));
  const { cause } = error;
  if (cause !== undefined && cause !== null && typeof cause === 'object' && 'message' in cause) {
    parts.push(`caused by: ${String(cause.message)}`);
  }
  const text = indent(parts.join('\n'), '    ');
  return process.stdout.isTTY ? text : stripVTControlCharacters(text);
};

/**
 * Says what failed and why, one line for each skip, and last the counts: `N passed, N failed, N skipped`
 * alone on the last line, so that a person and a script read the same thing.
 */
export class TestReporter implements Reporter {
  readonly #options: TestReporterOptions;
  #root = process.cwd();
  #named = false;

  constructor(options: TestReporterOptions) {
    this.#options = options;
  }

  onInit(vitest: { readonly config: { readonly root: string; readonly testNamePattern?: RegExp | undefined } }): void {
    this.#root = vitest.config.root;
    this.#named = vitest.config.testNamePattern !== undefined;
  }

  onUserConsoleLog(log: { readonly content: string; readonly type: 'stdout' | 'stderr' }): void {
    process[log.type].write(log.content);
  }

  onTestCaseResult(testCase: TestCase): void {
    if (testCase.result().state === 'failed') this.#printFailure(testCase);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly TestError[], reason: TestRunEndReason): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const error of [...module.errors(), ...[...module.children.allSuites()].flatMap((s) => s.errors())]) {
        counts.failed += 1;
        console.log(`FAIL ${this.#place(module)}\n${describeError(error, this.#root)}`);
      }
      for (const testCase of module.children.allTests()) this.#count(testCase, counts);
    }
    for (const error of unhandled) {
      counts.failed += 1;
      console.log(`FAIL outside of any test\n${describeError(error, this.#root)}`);
    }
    const projects = new Set(modules.map((module) => module.project.name));
    for (const { program, what } of this.#options.leftOut.filter(({ besides }) => projects.has(besides))) {
      counts.skipped += 1;
      console.log(`skip ${what}: needs ${program}`);
    }
    this.#decide(counts, reason);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }

  #decide(counts: { passed: number; failed: number; skipped: number }, reason: TestRunEndReason): void {
    if (reason === 'interrupted') console.log('interrupted: not every test ran');
    if (counts.passed + counts.failed + counts.skipped === 0) console.log('no test was found');
    if (counts.failed > 0 || reason === 'interrupted') process.exitCode = 1;
    if (this.#options.requireAll && counts.skipped > 0) {
      console.log('PENSTOCK_REQUIRE_ALL is set: a skipped test fails the run');
      process.exitCode = 1;
    }
  }

  #count(testCase: TestCase, counts: { passed: number; failed: number; skipped: number }): void {
    const result = testCase.result();
    if (result.state === 'passed') counts.passed += 1;
    else if (result.state === 'failed') counts.failed += 1;
    else if (!this.#named) {
      // With a name pattern everything else is "skipped", which says nothing.
      counts.skipped += 1;
      const reason = result.state === 'skipped' ? (result.note ?? 'no reason given') : 'never ran';
      console.log(`skip ${this.#place(testCase.module)} > ${testCase.fullName}: ${reason}`);
    }
  }

  #printFailure(testCase: TestCase): void {
    const errors = testCase.result().errors ?? [];
    const told = errors.map((error) => describeError(error, this.#root)).join('\n');
    console.log(`FAIL ${this.#place(testCase.module)} > ${testCase.fullName}\n${told}`);
  }

  #place(module: TestModule): string {
    const { name } = module.project;
    return name === 'plain' || name === '' ? module.relativeModuleId : `${module.relativeModuleId} (${name})`;
  }
}
