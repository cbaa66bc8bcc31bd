import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonWith } from '../support/python.ts';
import { type RoomServer, startRoomServer } from '../support/room-server.ts';

const SCRIPT = join(import.meta.dirname, 'python_gitlab_tokens.py');
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f pia@home';

let rooms: RoomServer;
beforeAll(async () => {
  rooms = await startRoomServer();
});
afterAll(() => rooms.close());

describe('python-gitlab', () => {
  it('makes users, keys, addresses and every kind of token, and reads them back', async (context) => {
    const python = findPythonWith('gitlab');
    if (python === undefined) return context.skip('needs python3 with the module gitlab (package python3-gitlab)');
    const root = await rooms.addPerson('root', { admin: true });
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', SCRIPT, rooms.url], {
      env: { PATH: process.env['PATH'] ?? '', ROOT_TOKEN: root.token, SSH_KEY },
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      me: 'root',
      version: '19.4.0-penstock',
      found: [['pia', 'Pia P.']],
      keys: ['laptop'],
      emails: ['pia2@example.com'],
      pia: 'pia',
      tokens: ['ci'],
      impersonation: ['debug'],
      'impersonation after': 0,
      bot: true,
      robots: [['robot', 30]],
      revoked: 401,
      deploy: [true],
      'protected tags': ['v*'],
      blocked: [403, '403 Forbidden - Your account has been blocked.'],
      'revoked personal': 401,
      gone: [],
    });
  });
});
