import { randomToken } from '../../src/platform/secrets/index.ts';
import { createPersonalToken, type TokenScope } from '../../src/rooms/accounts/index.ts';
import type { Person } from '../support/test-app.ts';
import { addPipeline, makeEnd, makeRun, type Place, RUNNER_SETTINGS, type Visibility } from './place.ts';
import { PASSWORD, type World } from './world.ts';

/** What a call carries to say who sends it. */
export type Proof =
  | { readonly kind: 'nothing' }
  /** An access token, or something in its place: PRIVATE-TOKEN, or the password of git. */
  | { readonly kind: 'private'; readonly value: string }
  | { readonly kind: 'job'; readonly value: string }
  | { readonly kind: 'deploy'; readonly username: string; readonly value: string }
  /** The parameter `token`. */
  | { readonly kind: 'param'; readonly value: string }
  | { readonly kind: 'session'; readonly headers: Readonly<Record<string, string>> };

/** A column of the matrix. */
export interface Caller {
  readonly code: string;
  readonly who: string;
  readonly place: Visibility;
  /** A proof of this kind, made anew. */
  readonly prove: (world: World, place: Place) => Promise<Proof>;
  /** The proof belongs to the place: each place has another. */
  readonly perPlace?: true;
}

const token = async (
  world: World,
  { user }: Person,
  scopes: readonly TokenScope[] = ['api'],
  expiresAt: string | null = null,
): Promise<Proof> => {
  const made = await createPersonalToken(world.app.parts, user, { name: 'matrix', scopes, expiresAt });
  return { kind: 'private', value: made.token };
};

const revoked = async (world: World): Promise<Proof> => {
  const proof = await token(world, world.people.owner);
  if (proof.kind !== 'private') return proof;
  const headers = { 'PRIVATE-TOKEN': proof.value };
  (await world.app.http('DELETE', '/personal_access_tokens/self', { headers })).must(204);
  return proof;
};

const session = async (world: World, options: { readonly csrf: boolean }): Promise<Proof> => {
  const json = { login: 'owner', password: PASSWORD };
  const answer = (await world.app.http('POST', '/-/sign_in', { json })).must(200);
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  const csrf = { 'X-CSRF-Token': answer.string('csrf_token') };
  return { kind: 'session', headers: { Cookie: cookie.join('; '), ...(options.csrf ? csrf : {}) } };
};

const endedJob = async (world: World): Promise<Proof> => {
  const { test } = await addPipeline(world.friend.project, 'main');
  const value = await makeRun(world.app, test.id);
  await makeEnd(world.app, test.id, 'success');
  return { kind: 'job', value };
};

const runnerToken = async (world: World, place: Place): Promise<string> =>
  (await world.app.addRunner(place.project, RUNNER_SETTINGS)).token;

const botToken = async (world: World, path: string, accessLevel: number): Promise<Proof> => {
  const json = { name: 'bot', scopes: ['api'], access_level: accessLevel };
  const made = await world.app.http('POST', `${path}/access_tokens`, { as: world.people.owner, json });
  return { kind: 'private', value: made.must(201).string('token') };
};

const deployToken = async (world: World, path: string): Promise<Proof> => {
  const json = { name: 'deploy', scopes: ['read_repository'] };
  const made = (await world.app.http('POST', `${path}/deploy_tokens`, { as: world.people.owner, json })).must(201);
  return { kind: 'deploy', username: made.string('username'), value: made.string('token') };
};

const nothing = async (): Promise<Proof> => ({ kind: 'nothing' });
const nobody = (world: World): Promise<Proof> => token(world, world.people.nobody);
const member =
  (code: keyof World['people']['members']) =>
  (world: World): Promise<Proof> =>
    token(world, world.people.members[code]);
const scoped =
  (...scopes: readonly TokenScope[]) =>
  (world: World): Promise<Proof> =>
    token(world, world.people.owner, scopes);

/** Every column, in the order of the snapshot. */
export const CALLERS: readonly Caller[] = [
  { code: 'an', who: 'nobody signed in', place: 'private', prove: nothing },
  { code: 'ai', who: 'nobody signed in', place: 'internal', prove: nothing },
  { code: 'au', who: 'nobody signed in', place: 'public', prove: nothing },
  { code: 'np', who: 'a user without a role', place: 'private', prove: nobody },
  { code: 'ni', who: 'a user without a role', place: 'internal', prove: nobody },
  { code: 'nu', who: 'a user without a role', place: 'public', prove: nobody },
  { code: 'gu', who: 'a guest', place: 'private', prove: member('gu') },
  { code: 'pl', who: 'a planner', place: 'private', prove: member('pl') },
  { code: 're', who: 'a reporter', place: 'private', prove: member('re') },
  { code: 'de', who: 'a developer', place: 'private', prove: member('de') },
  { code: 'ma', who: 'a maintainer', place: 'private', prove: member('ma') },
  { code: 'ow', who: 'the owner', place: 'private', prove: (world) => token(world, world.people.owner) },
  { code: 'ad', who: 'an administrator', place: 'private', prove: (world) => token(world, world.people.admin) },
  { code: 'ot', who: "another project's owner", place: 'private', prove: (world) => token(world, world.people.other) },
  { code: 'ra', who: "the owner's token of scope read_api", place: 'private', prove: scoped('read_api') },
  { code: 'rr', who: "the owner's token of scope read_repository", place: 'private', prove: scoped('read_repository') },
  {
    code: 'wr',
    who: "the owner's token of scope write_repository",
    place: 'private',
    prove: scoped('write_repository'),
  },
  { code: 'cr', who: "the owner's token of scope create_runner", place: 'private', prove: scoped('create_runner') },
  { code: 'se', who: "the owner's session", place: 'private', prove: (world) => session(world, { csrf: true }) },
  {
    code: 'sx',
    who: "the owner's session without its CSRF token",
    place: 'private',
    prove: (world) => session(world, { csrf: false }),
  },
  {
    code: 'pb',
    who: 'a maintainer bot of the project (its access token)',
    place: 'private',
    perPlace: true,
    prove: (world, { project }) => botToken(world, `/projects/${project.id}`, 40),
  },
  {
    code: 'gb',
    who: 'an owner bot of the group',
    place: 'private',
    perPlace: true,
    prove: (world, { groupId }) => botToken(world, `/groups/${groupId}`, 50),
  },
  {
    code: 'dt',
    who: 'a deploy token of the project, of scope read_repository',
    place: 'private',
    perPlace: true,
    prove: (world, { project }) => deployToken(world, `/projects/${project.id}`),
  },
  {
    code: 'jo',
    who: "a job of the project itself (JOB-TOKEN; every job's user is the owner)",
    place: 'private',
    perPlace: true,
    prove: async (_world, place) => ({ kind: 'job', value: place.running.token }),
  },
  {
    code: 'ja',
    who: 'a job of a project on the allowlist',
    place: 'private',
    prove: async ({ friend }) => ({ kind: 'job', value: friend.jobToken }),
  },
  {
    code: 'jf',
    who: 'a job of another project',
    place: 'private',
    prove: async ({ foreign }) => ({ kind: 'job', value: foreign.jobToken }),
  },
  {
    code: 'ju',
    who: 'a job of another project',
    place: 'public',
    prove: async ({ foreign }) => ({ kind: 'job', value: foreign.jobToken }),
  },
  {
    code: 'jt',
    who: 'a job of a project on the allowlist, its token as the parameter token',
    place: 'private',
    prove: async ({ friend }) => ({ kind: 'param', value: friend.jobToken }),
  },
  { code: 'je', who: 'a job that has ended', place: 'public', prove: endedJob },
  {
    code: 'tp',
    who: "the owner's trigger token as PRIVATE-TOKEN",
    place: 'public',
    perPlace: true,
    prove: async (_world, place) => ({ kind: 'private', value: place.triggerToken }),
  },
  {
    code: 'tt',
    who: "the owner's trigger token as the parameter token",
    place: 'private',
    perPlace: true,
    prove: async (_world, place) => ({ kind: 'param', value: place.triggerToken }),
  },
  {
    code: 'rp',
    who: "a runner's token as PRIVATE-TOKEN",
    place: 'public',
    perPlace: true,
    prove: async (world, place) => ({ kind: 'private', value: await runnerToken(world, place) }),
  },
  {
    code: 'rt',
    who: "a runner's token as the parameter token",
    place: 'private',
    perPlace: true,
    prove: async (world, place) => ({ kind: 'param', value: await runnerToken(world, place) }),
  },
  {
    code: 'un',
    who: 'a token that nobody has',
    place: 'public',
    prove: async () => ({ kind: 'private', value: randomToken('glpat-') }),
  },
  {
    code: 'ex',
    who: "the owner's token, expired",
    place: 'public',
    prove: (world) => token(world, world.people.owner, ['api'], '2020-01-01'),
  },
  { code: 'rv', who: "the owner's token, revoked", place: 'public', prove: revoked },
  {
    code: 'bl',
    who: "a blocked maintainer's token",
    place: 'public',
    prove: (world) => token(world, world.people.blocked),
  },
];
