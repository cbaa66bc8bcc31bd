import { sql } from 'kysely';
import { addEndedJob, addPipeline, archive, makeEnd, makeRun, type Place } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import { type Lane, placeWith } from '../world.ts';
import { protectedBranch } from './repositories.ts';

const CONFIG = `
test: {script: make}
hold: {script: make, when: manual}
`;

const pipelineOn = async ({ project }: Place, ref = 'side') => addPipeline(project, ref);

/** The same on a protected branch. */
const onProtected = async (place: Place) => {
  const ref = await protectedBranch(place);
  await place.project.commit(CONFIG, { branch: ref });
  return pipelineOn(place, ref);
};

const running = async (_lane: Lane, place: Place): Promise<Prepared> => {
  const { id, test } = await pipelineOn(place);
  return { path: { pipeline_id: id, job_id: test.id } };
};

const runningOnProtected = async (_lane: Lane, place: Place): Promise<Prepared> => {
  const { id, test } = await onProtected(place);
  return { path: { pipeline_id: id, job_id: test.id } };
};

const failed = async ({ world }: Lane, place: Place): Promise<Prepared> => {
  const { id, test } = await pipelineOn(place);
  await makeRun(world.app, test.id);
  await makeEnd(world.app, test.id, 'failed');
  return { path: { pipeline_id: id, job_id: test.id } };
};

const failedOnProtected = async ({ world }: Lane, place: Place): Promise<Prepared> => {
  const { id, test } = await onProtected(place);
  await makeRun(world.app, test.id);
  await makeEnd(world.app, test.id, 'failed');
  return { path: { pipeline_id: id, job_id: test.id } };
};

const ended = async ({ world }: Lane, place: Place): Promise<Prepared> => {
  const job = await addEndedJob(world.app, place.project);
  return { path: { pipeline_id: job.pipelineId, job_id: job.id } };
};

/** Jobs and pipelines are for members alone. */
const membersOnly = {
  note: 'public pipelines off',
  prepare: async ({ world }: Lane, { visibility }: Place): Promise<Prepared> => ({
    place: await placeWith(world, visibility, 'members only', ({ project }) => project.set({ public_jobs: 'false' })),
  }),
};

const archived = {
  note: 'archived project',
  prepare: async ({ world }: Lane, { visibility }: Place): Promise<Prepared> => {
    const place = await placeWith(world, visibility, 'archived', async ({ project }) =>
      (await project.call('POST', '/archive')).must(201),
    );
    return { place, json: { ref: 'side' } };
  },
};

const archivedLint = {
  note: archived.note,
  prepare: async (lane: Lane, place: Place): Promise<Prepared> => ({
    ...(await archived.prepare(lane, place)),
    json: { content: 'a: {script: x}' },
  }),
};

const debugged = {
  note: 'with CI_DEBUG_TRACE',
  prepare: async ({ world }: Lane, { visibility }: Place): Promise<Prepared> => ({
    place: await placeWith(world, visibility, 'debugged', ({ ended: job }) =>
      sql`update jobs set debug_trace = true where id = ${job.id}`.execute(world.app.db),
    ),
  }),
};

const artifactsFor = (access: 'private' | 'maintainer' | 'none') => ({
  note: `artifacts:access ${ACCESS[access]}`,
  prepare: async ({ world }: Lane, { visibility }: Place): Promise<Prepared> => ({
    place: await placeWith(world, visibility, `artifacts ${access}`, ({ ended: job }) =>
      sql`update artifacts set accessibility = ${access} where job_id = ${job.id}`.execute(world.app.db),
    ),
  }),
});
const ACCESS = { private: 'developer', maintainer: 'maintainer', none: 'none' } as const;

const PROTECTED = 'protected branch';

export const jobRecipes: Recipes = {
  'GET /projects/:id/pipelines': [{}, membersOnly],
  'GET /projects/:id/pipelines/:pipeline_id': [{}, membersOnly],
  'GET /projects/:id/pipelines/latest': { prepare: () => ({ query: { ref: 'side' } }) },
  'GET /projects/:id/jobs': [{}, membersOnly],
  'GET /projects/:id/jobs/:job_id': [{}, membersOnly],
  'GET /projects/:id/jobs/:job_id/trace': [{}, membersOnly, debugged],
  'GET /projects/:id/jobs/:job_id/artifacts': [
    {},
    membersOnly,
    artifactsFor('private'),
    artifactsFor('maintainer'),
    artifactsFor('none'),
  ],
  'POST /projects/:id/pipeline': [
    { prepare: () => ({ json: { ref: 'side' } }) },
    archived,
    {
      note: 'with variables',
      prepare: () => ({ json: { ref: 'side', variables: [{ key: 'COLOUR', value: 'red' }] } }),
    },
    {
      note: PROTECTED,
      prepare: async (_lane, place) => {
        const ref = await protectedBranch(place);
        await place.project.commit(CONFIG, { branch: ref });
        return { json: { ref } };
      },
    },
  ],
  'GET /projects/:id/ci/lint': {},
  'POST /projects/:id/ci/lint': [{ prepare: () => ({ json: { content: 'a: {script: x}' } }) }, archivedLint],
  'GET /projects/:id/penstock/pipelines/:pipeline_id/why': [{}, membersOnly],
  'POST /projects/:id/penstock/why': [{ prepare: () => ({ json: { ref: 'side' } }) }, archived],
  'GET /projects/:id/penstock/refusals/:refusal_id': {
    prepare: async (_lane, { project }) => {
      const refused = await project.call('POST', '/pipeline', { json: { ref: 'nowhere' } });
      return { path: { refusal_id: refused.must(400).number('refusal_id') } };
    },
  },
  'PUT /projects/:id/pipelines/:pipeline_id/metadata': { prepare: () => ({ json: { name: 'Named' } }) },
  'POST /projects/:id/pipelines/:pipeline_id/retry': [
    { prepare: failed },
    { note: PROTECTED, prepare: failedOnProtected },
  ],
  'POST /projects/:id/pipelines/:pipeline_id/cancel': [
    { prepare: running },
    { note: PROTECTED, prepare: runningOnProtected },
  ],
  'DELETE /projects/:id/pipelines/:pipeline_id': { prepare: ended },
  'POST /projects/:id/jobs/:job_id/cancel': [{ prepare: running }, { note: PROTECTED, prepare: runningOnProtected }],
  'POST /projects/:id/jobs/:job_id/retry': [{ prepare: failed }, { note: PROTECTED, prepare: failedOnProtected }],
  'POST /projects/:id/jobs/:job_id/play': [
    {
      prepare: async (_lane, place) => ({ path: { job_id: (await pipelineOn(place)).hold.id } }),
    },
    {
      note: PROTECTED,
      prepare: async (_lane, place) => ({ path: { job_id: (await onProtected(place)).hold.id } }),
    },
  ],
  'GET /projects/:id/jobs/artifacts/*ref_and_path': { prepare: () => ({ query: { job: 'test' } }) },
  'POST /projects/:id/jobs/:job_id/artifacts/keep': {},
  'DELETE /projects/:id/jobs/:job_id/artifacts': { prepare: ended },
  'DELETE /projects/:id/artifacts': {},
  'POST /projects/:id/jobs/:job_id/erase': { prepare: ended },
  'POST /projects/:id/trigger/pipeline': [
    { prepare: () => ({ json: { ref: 'side' } }) },
    {
      note: PROTECTED,
      prepare: async (_lane, place) => {
        const ref = await protectedBranch(place);
        await place.project.commit(CONFIG, { branch: ref });
        return { json: { ref } };
      },
    },
  ],
  'POST /projects/:id/ref/*ref/trigger/pipeline': {},
  'PATCH /jobs/:id/trace': {
    note: 'the running job',
    prepare: () => ({ raw: 'x', headers: { 'Content-Type': 'text/plain', 'Content-Range': '0-0' } }),
  },
  'POST /jobs/:id/artifacts': { note: 'of the running job', prepare: async () => ({ multipart: await archive() }) },
  'GET /jobs/:id/artifacts': { note: 'of an ended job', prepare: (_lane, place) => ({ path: { id: place.ended.id } }) },
  'PUT /jobs/:id': { note: 'the running job', prepare: () => ({ json: { state: 'running' } }) },
};
