import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { parseSshKey } from './ssh-key-policy.ts';

let rooms: RoomServer;
let root: Person;
let ada: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
});
afterAll(() => rooms.close());

const field = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.byteLength);
  return Buffer.concat([length, bytes]);
};

/** A fresh `ssh-ed25519 AAAA…`. */
const newKey = (): string => {
  const der = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(der.subarray(-32))]);
  return `ssh-ed25519 ${blob.toString('base64')}`;
};

const KNOWN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f somebody@example.com';

describe('SSH keys', () => {
  // As ssh-keygen -l shows them.
  it.each([
    [KNOWN, '0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba', 'ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA'],
    [
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCHSyQe4P4MEmO5JKmva30eRqXdISk5GZzUaZ10DlxYQPFnevd4nG9cCKjaOceir7iHt7wxkl6ml980CaCs0d6IlRn4wschjd2ElGmg0t3yaQftTz6vSBnUdxPFrXcxxuRk5U+N1gwUMBCM3HTIxrm76zbuktAk0WpEGPx4e/P1Z26JPYnZnZX6TABOXRrNBGFCpyjCPnDqj+q0nJToZQFpnQFkrDGGGFOHNH6pDJc7X0BHH3yE4GOaeC9hrdeucOKiRnAXg67xa2G2IKVzHnEu/evzW5kuOZ4atsv3nvkj5SMJUme3cBAjsQno9L1LtZfkhVdlS1h1SA/BAGwRAJsR c',
      '98:2f:f6:a7:ca:96:73:1a:dd:37:fb:04:b5:cf:ff:8c',
      'U5SGknMF2bJ848hDfiuFGvvLvNPs1gwEXduWlDez+Cc',
    ],
    [
      'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBABtP3mlHRozi/5FiWUtW4lJFTLII8r/oT8Qd4gIP7yWRyVRCLFXtMxG0NwiCHwNcwfnWe7T4dwjxW0d9DlvJ5Lz2gDWDDfiaQEcX49nDZnNSfLKc89KKpUSgcLaQP2p2u4R/snAR6jipi5ICF67Gx9kry7TpMz97mlyQ3GLbzUpJ6gsiA== c',
      'e7:b3:22:5d:9a:bd:72:3b:51:4f:31:66:5f:fa:51:21',
      'plyIt+yvOKVIUS9Wibn1HtEmmneDYkWjw5IbEnBjJaQ',
    ],
  ])('are parsed with their fingerprints (%#)', (line, fingerprint, fingerprintSha256) => {
    const [algorithm, blob] = line.split(' ');
    expect(parseSshKey(line)).toEqual({ key: `${algorithm} ${blob}`, fingerprint, fingerprintSha256 });
  });

  it('are added, shown without their comment, and removed', async () => {
    const key = newKey();
    const json = { title: 'laptop', key: `  ${key} ada@home.example\n`, expires_at: '2027-01-01' };
    const added = await rooms.call('POST', '/user/keys', { as: ada.token, json });
    expect([added.status, added.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        title: 'laptop',
        created_at: '2026-03-04T05:06:07.089Z',
        expires_at: '2027-01-01T00:00:00.000Z',
        last_used_at: null,
        key: `${key} ada's name (127.0.0.1)`,
        usage_type: 'auth_and_signing',
      },
    ]);
    const id = added.number('id');
    expect((await rooms.call('GET', '/user/keys', { as: ada.token })).body).toEqual([added.body]);
    expect((await rooms.call('GET', `/user/keys/${id}`, { as: ada.token })).body).toEqual(added.body);
    expect((await rooms.call('GET', '/users/ada/keys')).body).toEqual([added.body]);
    expect((await rooms.call('GET', `/users/${ada.user.id}/keys/${id}`)).body).toEqual(added.body);
    const found = parseSshKey(key);
    for (const path of [
      `/keys/${id}`,
      `/keys?fingerprint=SHA256:${encodeURIComponent(found?.fingerprintSha256 ?? '')}`,
      `/keys?fingerprint=${found?.fingerprint}`,
    ]) {
      expect((await rooms.call('GET', path, { as: root.token })).body).toMatchObject({ id, user: { username: 'ada' } });
      expect((await rooms.call('GET', path, { as: ada.token })).status).toBe(403);
    }
    expect((await rooms.call('GET', '/keys?fingerprint=zz', { as: root.token })).body).toEqual({
      message: 'Failed to return the key',
    });
    expect((await rooms.call('DELETE', `/user/keys/${id}`, { as: root.token })).body).toEqual({
      message: '404 Key Not Found',
    });
    expect((await rooms.call('DELETE', `/user/keys/${id}`, { as: ada.token })).status).toBe(204);
    expect((await rooms.call('GET', `/user/keys/${id}`, { as: ada.token })).status).toBe(404);
  });

  it('belong to one user, whoever comes second', async () => {
    const json = { title: 'shared', key: newKey() };
    expect((await rooms.call('POST', `/users/${ada.user.id}/keys`, { as: root.token, json })).status).toBe(201);
    expect(await rooms.call('POST', '/user/keys', { as: root.token, json })).toMatchObject({
      status: 400,
      body: { message: { fingerprint_sha256: ['has already been taken'], key: ['has already been taken'] } },
    });
    expect((await rooms.call('POST', `/users/${ada.user.id}/keys`, { as: ada.token, json })).status).toBe(403);
  });

  it.each([
    '',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
    'ssh-dss AAAAB3NzaC1kc3MAAACBAA==',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    `${KNOWN}\nssh-ed25519 AAAAC3`,
    `command="x" ${KNOWN}`,
    'constructor AAAA',
    `ssh-ed25519 ${Buffer.alloc(4000, 255).toString('base64')}`,
  ])('refuse %j', async (key) => {
    const answer = await rooms.call('POST', '/user/keys', { as: ada.token, json: { title: 't', key } });
    expect([answer.status, answer.body]).toEqual([
      400,
      { message: { key: ['is invalid'], fingerprint: ['cannot be generated'] } },
    ]);
  });

  it('need a title and a user', async () => {
    expect(
      await rooms.call('POST', '/user/keys', { as: ada.token, json: { title: ' ', key: newKey() } }),
    ).toMatchObject({
      status: 400,
      body: { message: { title: ["can't be blank"] } },
    });
    expect(await rooms.call('POST', '/user/keys', { as: ada.token, json: {} })).toMatchObject({
      status: 400,
      body: { error: 'title is missing, key is missing' },
    });
    expect((await rooms.call('GET', '/user/keys')).status).toBe(401);
  });
});

describe('further e-mail addresses', () => {
  it('are added, unconfirmed unless an administrator says so, and removed', async () => {
    const own = await rooms.call('POST', '/user/emails', { as: ada.token, json: { email: 'ada2@example.com' } });
    expect([own.status, own.body]).toEqual([
      201,
      { id: expect.any(Number), email: 'ada2@example.com', confirmed_at: null },
    ]);
    const json = { email: 'ada3@example.com', skip_confirmation: true };
    const other = await rooms.call('POST', `/users/${ada.user.id}/emails`, { as: root.token, json });
    expect(other.body).toMatchObject({ confirmed_at: '2026-03-04T05:06:07.089Z' });
    expect((await rooms.call('GET', '/user/emails', { as: ada.token })).body).toEqual([own.body, other.body]);
    expect((await rooms.call('GET', `/users/${ada.user.id}/emails`, { as: ada.token })).status).toBe(403);
    for (const taken of ['ADA@example.com', 'ada2@EXAMPLE.com', 'root@example.com']) {
      const answer = await rooms.call('POST', '/user/emails', { as: root.token, json: { email: taken } });
      expect([answer.status, answer.body]).toEqual([400, { message: { email: ['has already been taken'] } }]);
    }
    expect((await rooms.call('POST', '/user/emails', { as: ada.token, json: { email: 'no' } })).body).toEqual({
      message: { email: ['is invalid'] },
    });
    const user = { email: 'ada2@example.com', name: 'x', username: 'x', password: 'long enough' };
    expect((await rooms.call('POST', '/users', { as: root.token, json: user })).status).toBe(409);
    const path = `/user/emails/${own.number('id')}`;
    expect((await rooms.call('DELETE', path, { as: root.token })).status).toBe(404);
    expect((await rooms.call('DELETE', path, { as: ada.token })).status).toBe(204);
    expect((await rooms.call('GET', path, { as: ada.token })).body).toEqual({ message: '404 Email Not Found' });
  });
});
