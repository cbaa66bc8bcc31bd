import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKeyPath } from './cache/cache-key.ts';
import { plainLog, Sandbox, variable } from './testing/sandbox.ts';

describe('the key of a cache', () => {
  it.each([
    ['main', 'main'],
    ['a/b c ', 'a/b c'],
    ['../../etc', 'etc'],
    ['a%2Fb%2e%2E/x', 'a/b../x'],
    ['%2e%2e%2f%2e%2e%2fx', 'x'],
    [String.raw`..\..\x`, 'x'],
    ['..', ''],
    ['  ', ''],
  ])('%j is kept in %j', (key, path) => {
    expect(cacheKeyPath(key)).toBe(path);
  });
});

describe('a cache', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.open({ concurrency: 1 });
  });
  afterEach(() => sandbox.close());

  const run = async (script: readonly string[], change: Parameters<Sandbox['enqueue']>[1]) => {
    const job = sandbox.enqueue(script, change);
    const final = await sandbox.server.untilFinished(job);
    return { final, log: plainLog(job) };
  };
  const entry = { key: 'k-$KIND', paths: ['deps/'] };
  const variables = [variable('KIND', 'npm')];

  it('comes back in the next job, and is not written anew without need', async () => {
    const first = await run(['mkdir deps', 'echo one > deps/file'], { cache: [entry], variables });
    expect(first.log).toContain('Checking cache for k-npm...\nWARNING: Failed to extract cache: there is none\n');
    expect(first.log).toContain('Created cache');
    const second = await run(['cat deps/file'], { cache: [entry], variables });
    expect(second.log).toContain('Successfully extracted cache');
    expect(second.log).toContain('cat deps/file\none\n');
    expect(second.log).toContain('Archive is up to date!');
  });

  it('obeys policy and when', async () => {
    await run(['mkdir deps; touch deps/x', 'exit 1'], { cache: [entry], variables });
    const pull = await run(['ls deps || echo absent; mkdir -p deps; touch deps/y'], {
      cache: [{ ...entry, policy: 'pull' }],
      variables,
    });
    expect(pull.log).toContain('absent\n');
    expect(pull.log).not.toContain('Saving cache');
    const failed = await run(['mkdir deps; touch deps/z', 'exit 1'], {
      cache: [{ ...entry, policy: 'push', when: 'always' }],
      variables,
    });
    expect(failed.log).not.toContain('Restoring cache');
    expect(failed.log).toContain('Saving cache for failed job');
    expect((await run(['ls deps'], { cache: [entry], variables })).log).toContain('ls deps\nz\n');
  });

  it('falls back to other keys in order', async () => {
    await run(['mkdir deps; touch deps/old'], { cache: [{ ...entry, key: 'old' }] });
    const { log } = await run(['ls deps'], {
      cache: [{ ...entry, key: 'new', fallback_keys: ['missing', 'old'] }],
      variables: [variable('CACHE_FALLBACK_KEY', 'x-protected')],
    });
    expect(log).toContain('ls deps\nold\n');
    expect(log).toContain('WARNING: CACHE_FALLBACK_KEY may not end in "-protected"');
  });

  it('without files says so', async () => {
    const { final, log } = await run(['true'], { cache: [entry], variables });
    expect(final.state).toBe('success');
    expect(log).toContain('No files to cache.');
  });
});
