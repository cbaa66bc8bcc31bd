import { describe, expect, it } from 'vitest';
import { extractCredentials } from './credentials.ts';
import type { RawParams } from './raw-params.ts';

const from = (
  headers: Readonly<Record<string, string>>,
  params: RawParams = {},
  cookies: Readonly<Record<string, string>> = {},
) => extractCredentials(headers, params, cookies, 'session');

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('credentials', () => {
  it('are none when nothing was sent', () => {
    expect(from({})).toEqual({});
  });

  it('come from the bearer header in any case', () => {
    expect(from({ authorization: 'Bearer glpat-x' })).toEqual({ bearer: 'glpat-x' });
    expect(from({ authorization: 'bearer  glpat-x ' })).toEqual({ bearer: 'glpat-x' });
    expect(from({ authorization: 'Bearer ' })).toEqual({});
  });

  it('take private_token before the PRIVATE-TOKEN header', () => {
    expect(from({ 'private-token': 'header' })).toEqual({ privateToken: 'header' });
    expect(from({ 'private-token': 'header' }, { private_token: 'param' })).toEqual({ privateToken: 'param' });
    expect(from({ 'private-token': 'header' }, { private_token: '' })).toEqual({ privateToken: 'header' });
  });

  it('take the job token from its header, job_token, then token', () => {
    expect(from({ 'job-token': 'h' }, { job_token: 'j', token: 't' }).jobToken).toBe('h');
    expect(from({}, { job_token: 'j', token: 't' }).jobToken).toBe('j');
    expect(from({}, { token: 't' }).jobToken).toBe('t');
  });

  it('ignore tokens that are no text', () => {
    expect(from({}, { private_token: ['x'], job_token: { a: 'b' }, token: true })).toEqual({});
  });

  it('split basic at the first colon', () => {
    expect(from({ authorization: basic('gitlab-ci-token:a:b') }).basic).toEqual({
      username: 'gitlab-ci-token',
      password: 'a:b',
    });
    expect(from({ authorization: basic('사용자:비밀') }).basic).toEqual({ username: '사용자', password: '비밀' });
    expect(from({ authorization: basic('nocolon') })).toEqual({});
    expect(from({ authorization: 'Basic !!!' })).toEqual({});
  });

  it('carry the rest', () => {
    const headers = { 'deploy-token': 'd', 'runner-token': 'r', 'x-csrf-token': 'c', sudo: 'root' };
    expect(from(headers, {}, { session: 's', other: 'o' })).toEqual({
      deployToken: 'd',
      runnerToken: 'r',
      csrfToken: 'c',
      sudo: 'root',
      sessionCookie: 's',
    });
    expect(from(headers, { sudo: 7 }).sudo).toBe('7');
  });
});
