import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/git-client.ts';
import { ConfigError } from './config-error.ts';
import { makeDataFolder } from './data-folder.ts';

describe('the data folder', () => {
  it('is made with all folders above it, and may be there already', () => {
    const folder = join(temporaryFolder('data'), 'a', 'b', 'c');
    makeDataFolder(folder);
    makeDataFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('is refused with a sentence where a file stands', () => {
    const file = join(temporaryFolder('data'), 'file');
    writeFileSync(file, 'x');
    expect(() => makeDataFolder(file)).toThrow(ConfigError);
    expect(() => makeDataFolder(join(file, 'below'))).toThrow(`the data folder ${join(file, 'below')} cannot be made`);
  });

  it.skipIf(!existsSync('/proc/self'))('is refused at once in a file system that makes no folders', () => {
    expect(() => makeDataFolder('/proc/self/data')).toThrow(ConfigError);
  });
});
