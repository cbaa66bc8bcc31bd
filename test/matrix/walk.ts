import type { Route } from '../../src/http/index.ts';
import { CALLERS, type Caller, type Proof } from './callers.ts';
import { type Answered, lightCaller } from './light-caller.ts';
import type { Place } from './place.ts';
import type { Prepared, Recipe, Recipes } from './recipe.ts';
import { standardValues } from './standard-values.ts';
import { type Lane, makeLane, type World } from './world.ts';

/** A line of the matrix. */
export interface Line {
  readonly name: string;
  readonly route: Route;
  readonly isSite: boolean;
  readonly recipe: Recipe;
}

/** The lines of these routes, and the routes that need a recipe and have none. */
export const linesOf = (
  routes: { readonly api: readonly Route[]; readonly site: readonly Route[] },
  recipes: Recipes,
): { readonly lines: readonly Line[]; readonly missing: readonly string[]; readonly unknown: readonly string[] } => {
  const all = [
    ...routes.api.map((route) => ({ route, isSite: false })),
    ...routes.site.map((route) => ({ route, isSite: true })),
  ];
  const keyOf = (route: Route): string => `${route.method} ${route.path}`;
  const lines = all.flatMap(({ route, isSite }) =>
    [recipes[keyOf(route)] ?? {}].flat().map((recipe) => {
      const note = recipe.note === undefined ? '' : ` (${recipe.note})`;
      return { name: `${route.method.padEnd(6)} ${route.path}${note}`, route, isSite, recipe };
    }),
  );
  const keys = new Set(all.map(({ route }) => keyOf(route)));
  return {
    lines: lines.toSorted((a, b) => compare(a.route.path, b.route.path) || compare(a.name, b.name)),
    missing: all
      .filter(({ route }) => route.method !== 'GET')
      .map(({ route }) => keyOf(route))
      .filter((key) => recipes[key] === undefined),
    unknown: Object.keys(recipes).filter((key) => !keys.has(key)),
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Calls every line as every caller: the statuses by the name of the line, in the order of the callers. */
export const walk = async (
  world: World,
  lines: readonly Line[],
  options: { readonly lanes: number },
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const statuses = new Map<string, readonly number[]>();
  const waiting = [...lines];
  const proofs = new Map<string, Promise<Proof>>();
  const lanes = await Promise.all(Array.from({ length: options.lanes }, () => makeLane(world)));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
        statuses.set(line.name, await walkLine(lane, line, proofs));
      }
    }),
  );
  return statuses;
};

const walkLine = async (lane: Lane, line: Line, proofs: Map<string, Promise<Proof>>): Promise<readonly number[]> => {
  const prepared = new Map<Place, Promise<Prepared>>();
  const one = (caller: Caller): Promise<number> => call(lane, line, caller, prepared, proofs);
  if (line.route.method === 'GET') return Promise.all(CALLERS.map(one));
  const statuses: number[] = [];
  for (const caller of CALLERS) statuses.push(await one(caller));
  return statuses;
};

const call = async (
  lane: Lane,
  line: Line,
  caller: Caller,
  prepared: Map<Place, Promise<Prepared>>,
  proofs: Map<string, Promise<Proof>>,
): Promise<number> => {
  const { recipe } = line;
  const home = lane.places[caller.place];
  const preparing = prepared.get(home) ?? Promise.resolve(recipe.prepare?.(lane, home) ?? {});
  prepared.set(home, preparing);
  const ready = await preparing;
  const place = ready.place ?? home;
  const proof = await proofOf(lane.world, place, caller, recipe.freshProof === true ? undefined : proofs);
  const answer = await send(lane, line, place, ready, proof);
  if (answer.status === 500) throw new Error(`${line.name} as ${caller.who}: ${answer.status} ${answer.text}`);
  if (answer.status < 300 && line.route.method !== 'GET') {
    prepared.delete(home);
    await recipe.undo?.(lane, place);
  }
  return answer.status;
};

const proofOf = (
  world: World,
  place: Place,
  caller: Caller,
  proofs: Map<string, Promise<Proof>> | undefined,
): Promise<Proof> => {
  const key = caller.perPlace === true ? `${caller.code} ${place.project.id}` : caller.code;
  const proof = proofs?.get(key) ?? caller.prove(world, place);
  proofs?.set(key, proof);
  return proof;
};

const send = (lane: Lane, line: Line, place: Place, ready: Prepared, proof: Proof): Promise<Answered> => {
  const values = { ...standardValues(line.route.path, lane, place), ...ready.path };
  const { place: _place, path: _path, ...rest } = ready;
  const { url } = lane.world.app;
  return lightCaller(line.isSite ? url : `${url}/api/v4`)(line.route.method, pathOf(line, values), {
    ...rest,
    query: { ...rest.query, ...(proof.kind === 'param' ? { token: proof.value } : {}) },
    headers: { ...rest.headers, ...headersOf(line, proof) },
  });
};

const isGit = (line: Line): boolean => line.isSite && line.route.path.startsWith('/*project/');

const headersOf = (line: Line, proof: Proof): Readonly<Record<string, string>> => {
  if (proof.kind === 'session') return proof.headers;
  if (proof.kind === 'nothing' || proof.kind === 'param') return {};
  if (!isGit(line)) return { [HEADERS[proof.kind]]: proof.value };
  const name = proof.kind === 'deploy' ? proof.username : GIT_NAMES[proof.kind];
  return { Authorization: `Basic ${Buffer.from(`${name}:${proof.value}`).toString('base64')}` };
};

const HEADERS = { private: 'PRIVATE-TOKEN', job: 'JOB-TOKEN', deploy: 'Deploy-Token' } as const;
const GIT_NAMES = { private: 'anybody', job: 'gitlab-ci-token' } as const;

const pathOf = (line: Line, values: Readonly<Record<string, string | number>>): string =>
  line.route.path.replace(/[:*](\w+)/gu, (part, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${line.name}: nothing stands for ${part}, give it in the recipe`);
    return part.startsWith('*') ? String(value) : encodeURIComponent(value);
  });

const HEAD = `Every route as every caller: the status of a valid call. Written by \`npm run matrix:snapshot\`, not by hand.
404 where the caller may not know of the project, 403 or 401 where a right or a credential is missing.

`;

/** The matrix to read: a line a route, a column a caller. */
export const renderMatrix = (lines: readonly Line[], statuses: ReadonlyMap<string, readonly number[]>): string => {
  const legend = CALLERS.map(({ code, who, place }) => `${code}  ${who}, ${place} project\n`).join('');
  const width = Math.max(...lines.map(({ name }) => name.length));
  const head = `${' '.repeat(width)}  ${CALLERS.map(({ code }) => code.padStart(3)).join(' ')}\n`;
  const rows = lines.map(({ name }) => `${name.padEnd(width)}  ${(statuses.get(name) ?? []).join(' ')}\n`);
  return `${HEAD}${legend}\n${head}${rows.join('')}`;
};
