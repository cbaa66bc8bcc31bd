import { describe, expect, it } from 'vitest';
import { cleanEnvironment } from './clean-environment.ts';

describe('the environment that jobs start from', () => {
  it('has what a shell needs and nothing of what a server holds', () => {
    const from = {
      PATH: '/bin',
      HOME: '/home/u',
      LC_ALL: 'C.UTF-8',
      https_proxy: 'http://proxy',
      DATABASE_URL: 'postgres://secret',
      PENSTOCK_ROOT_TOKEN: 'secret',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/x.so',
      BASH_ENV: '/x',
      GIT_SSH_COMMAND: 'x',
    };
    expect(Object.keys(cleanEnvironment(from, '/fallback'))).toEqual(['PATH', 'HOME', 'LC_ALL', 'https_proxy']);
  });

  it.each([[{}], [{ HOME: '', PATH: '' }]])('has a home and a path also when there is none: %j', (from) => {
    const cleaned = cleanEnvironment(from, '/fallback');
    expect(cleaned['HOME']).toBe('/fallback');
    expect(cleaned['PATH']).toContain('/usr/bin');
  });
});
