import type { Person, TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';
import { addPipeline, type Crew, makeBare, makePlace, makeRun, type Place, type Visibility } from './place.ts';

/** The role of a member by the code of its column. */
export const LEVELS = { gu: 10, pl: 15, re: 20, de: 30, ma: 40 } as const;

export interface People {
  readonly owner: Person;
  readonly admin: Person;
  readonly nobody: Person;
  /** Owns another project. */
  readonly other: Person;
  readonly members: Readonly<Record<keyof typeof LEVELS, Person>>;
  /** A maintainer everywhere whose user is blocked. */
  readonly blocked: Person;
  /** Whom nobody speaks for: what is done to users is done to such. */
  readonly victim: Person;
}

/** A running job outside of a place, its user the owner of all places. */
export interface Elsewhere {
  readonly project: TestProject;
  readonly jobToken: string;
}

/** What every lane of the matrix shares. */
export interface World {
  readonly app: TestApp;
  readonly people: People;
  readonly crew: Crew;
  /** Its jobs may act on the places. */
  readonly friend: Elsewhere;
  /** Its jobs may not. */
  readonly foreign: Elsewhere;
}

/** The places of one lane: what its calls do is seen by no other lane. */
export interface Lane {
  readonly world: World;
  readonly places: Readonly<Record<Visibility, Place>>;
}

/** The owner's. */
export const PASSWORD = 'correct-horse-battery';

const CONFIG = `
test: {script: make}
hold: {script: make, when: manual}
`;

const makeElsewhere = async (app: TestApp, owner: Person, path: string): Promise<Elsewhere> => {
  const project = await app.addProject(CONFIG, { owner, path });
  const { test } = await addPipeline(project, 'main');
  return { project, jobToken: await makeRun(app, test.id) };
};

export const makeWorld = async (app: TestApp): Promise<World> => {
  const person = (name: string): Promise<Person> => app.addPerson(name);
  const members = {
    gu: await person('guest'),
    pl: await person('planner'),
    re: await person('reporter'),
    de: await person('developer'),
    ma: await person('maintainer'),
  };
  const people: People = {
    owner: await app.addPerson('owner', { password: PASSWORD }),
    admin: await app.root(),
    nobody: await person('nobody'),
    other: await person('other'),
    members,
    blocked: await person('blocked'),
    victim: await person('victim'),
  };
  const crew: Crew = {
    owner: people.owner,
    members: [
      ...(['gu', 'pl', 're', 'de', 'ma'] as const).map((code) => [members[code], LEVELS[code]] as const),
      [people.blocked, 40],
    ],
  };
  await app.addProject(CONFIG, { owner: people.other, path: 'elsewhere' });
  const friend = await makeElsewhere(app, people.owner, 'friend');
  const foreign = await makeElsewhere(app, people.owner, 'foreign');
  await app.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', people.blocked.user.id).execute();
  return { app, people, crew, friend, foreign };
};

const closed = new WeakMap<World, Map<string, Promise<Place>>>();

/** A place with something switched off that calls share, since they only read it. */
export const placeWith = (
  world: World,
  visibility: Visibility,
  name: string,
  change: (place: Place) => Promise<unknown>,
): Promise<Place> => {
  const places = closed.get(world) ?? new Map<string, Promise<Place>>();
  closed.set(world, places);
  const key = `${name} ${visibility}`;
  const place =
    places.get(key) ??
    newPlace(world, visibility).then(async (made) => {
      await change(made);
      return made;
    });
  places.set(key, place);
  return place;
};

export const newPlace = (world: World, visibility: Visibility): Promise<Place> =>
  makePlace(world.app, world.crew, visibility, [world.friend.project]);

/** Another project of this place's kind, for calls that end it; of its things only the running job is its own. */
export const barePlace = async (world: World, like: Place): Promise<Place> => ({
  ...like,
  ...(await makeBare(world.app, world.crew, like.visibility, [world.friend.project])),
});

export const makeLane = async (world: World): Promise<Lane> => ({
  world,
  places: {
    private: await newPlace(world, 'private'),
    internal: await newPlace(world, 'internal'),
    public: await newPlace(world, 'public'),
  },
});
