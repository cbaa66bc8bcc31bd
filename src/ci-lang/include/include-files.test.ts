import { describe, expect, it } from 'vitest';
import { languageHost } from '../../../test/support/language-host.ts';
import { ConfigError } from '../config-error.ts';
import type { CompileHost, FetchOptions } from '../config-host.ts';
import { newMergeBudget } from '../merge/deep-merge.ts';
import { readConfigFile } from '../read/read-config-file.ts';
import { askOnce } from '../rules/repository.ts';
import { newExpansionMeter, viewVariables } from '../rules/variable-view.ts';
import type { IncludeContext } from './include-context.ts';
import { includeFiles } from './include-files.ts';

const contextOf = (host: CompileHost, characters = 1000): IncludeContext => {
  const repository = askOnce(host);
  const variables = viewVariables([], newExpansionMeter());
  return {
    scope: { place: repository.home, as: 'pipeline_user', variables, suffix: '', seesParent: false },
    repository,
    records: [],
    local: new Set(),
    files: new Map(),
    memory: undefined,
    size: { left: characters },
    comparisons: { left: 1000 },
    warnings: [],
    decisions: [],
    budget: newMergeBudget(),
  };
};

const include = (text: string, context: IncludeContext) =>
  includeFiles(readConfigFile(text, '.gitlab-ci.yml').content, context);

describe('remote files', () => {
  it('are asked for with the time for which an earlier answer will do', async () => {
    const asked: FetchOptions[] = [];
    const host = languageHost({
      fetchText: (_, options) => {
        asked.push(options);
        return Promise.resolve({ kind: 'text', text: 'a: b', sha256: '' });
      },
    });
    const caches = ['true', '1 minute', '2 hours 30 minutes', 'false', ''];
    const items = caches.map((cache, at) => `{remote: 'https://example.com/${at}.yml', cache: ${cache}}`);
    await include(`include: [${items.join(', ')}, https://example.com/x.yml]`, contextOf(host));
    expect(asked).toEqual([{ freshFor: 3600 }, { freshFor: 60 }, { freshFor: 9000 }, {}, {}, {}]);
  });

  it('are fetched four at a time, each once', async () => {
    const open: (() => void)[] = [];
    let most = 0;
    let asked = 0;
    const host = languageHost({
      fetchText: async () => {
        asked += 1;
        most = Math.max(most, open.length + 1);
        await new Promise<void>((resolve) => open.push(resolve));
        return { kind: 'text', text: 'a: b', sha256: '' };
      },
    });
    const urls = Array.from({ length: 10 }, (_, at) => `https://example.com/${at}.yml`);
    let done = false;
    const all = include(`include: [${[...urls, ...urls].join(', ')}]`, contextOf(host)).then(() => {
      done = true;
    });
    while (!done) {
      open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect([asked, most]).toEqual([10, 4]);
  });
});

describe('all files together', () => {
  const host = languageHost({ readLocalFile: () => Promise.resolve('a: 1234567') });

  it('have a limit, and may reach it', async () => {
    const twice = 'include: [a.yml, b.yml]';
    await include(twice, contextOf(host, 20));
    const tooBig = include(twice, contextOf(host, 19));
    await expect(tooBig).rejects.toThrow('Total size of combined CI/CD configuration is too big');
    await expect(tooBig).rejects.toBeInstanceOf(ConfigError);
  });
});

describe('a file that the host finds too big', () => {
  it('is refused as one that the reader finds too big', async () => {
    const refusal = async (host: CompileHost) =>
      include('include: a.yml', contextOf(host, 9_000_000)).catch((error: Error) => error.message);
    const read = await refusal(languageHost({ readLocalFile: () => Promise.resolve('x'.repeat(2 ** 21 + 1)) }));
    const found = await refusal(languageHost({ readLocalFile: () => Promise.resolve({ kind: 'too_big' }) }));
    expect([read, found]).toEqual(Array(2).fill('`a.yml`: The provided YAML is too big'));
  });
});
