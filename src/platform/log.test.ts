import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

const lines = (write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] => {
  const texts: string[] = [];
  write(createLogger({ level: 'trace' }, { write: (line: string) => void texts.push(line) }));
  return texts.map((line) => JSON.parse(line));
};

const TOKEN = 'glpat-AbCdEfGhIjKlMnOpQrSt';

describe('the log', () => {
  it('blanks fields with a secret name at any depth, and keeps the others', () => {
    const [line] = lines((log) =>
      log.info(
        {
          user: 'root',
          body: { password: 'hunter22', list: [{ job_token: 'x', jobToken: 'y', key: 'K' }] },
          token: 'z',
        },
        'hello',
      ),
    );
    expect(line).toMatchObject({
      user: 'root',
      msg: 'hello',
      token: '[FILTERED]',
      body: { password: '[FILTERED]', list: [{ job_token: '[FILTERED]', jobToken: '[FILTERED]', key: 'K' }] },
    });
  });

  it('finds tokens and credentials inside texts, errors and child loggers', () => {
    const output = JSON.stringify(
      lines((log) => {
        log.warn(`refused ${TOKEN} twice`);
        log.error(
          { err: new Error(`cannot clone http://gitlab-ci-token:glcbt-64_abc@host/a.git and https://u:p4ss%40@h/`) },
          'git',
        );
        log.child({ url: '/api/v4/projects/1/trigger/pipeline?token=plain123&ref=main' }).info('request');
        log.info({ header: 'Authorization: Bearer abcdef.123' }, 'Basic dXNlcjpwYXNz');
        log.info('%s failed', `password=hunter22`);
      }),
    );
    for (const secret of [TOKEN, 'glcbt-64_abc', 'p4ss', 'plain123', 'abcdef.123', 'dXNlcjpwYXNz', 'hunter22']) {
      expect(output).not.toContain(secret);
    }
    expect(output).toContain('ref=main');
    expect(output).toContain('http://gitlab-ci-token:[FILTERED]@host/a.git');
  });

  it('writes one valid JSON line for what it cannot walk', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const [line] = lines((log) => log.info({ circular, bytes: Buffer.from('abc') }, 'odd'));
    expect(line).toMatchObject({ msg: 'odd', bytes: '[3 bytes]' });
  });
});
