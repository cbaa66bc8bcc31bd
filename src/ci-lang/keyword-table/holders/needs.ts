import { JOB_NEED_KEYS, MIRROR_NEED_KEYS, PIPELINE_NEED_KEYS, PROJECT_NEED_KEYS } from '../../keywords/need.ts';
import { boolean, holder, text } from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';

const artifacts = { shape: boolean, about: 'Whether the artifacts of the job are fetched.', default: true } as const;
const name = text({ notBlank: true });

export const NEED_HOLDERS: KeywordTable = {
  job_need: defineHolder(
    JOB_NEED_KEYS,
    'A job of the same pipeline.',
    {
      job: { shape: name, about: 'Name of the job.' },
      artifacts,
      optional: { shape: boolean, about: 'Whether the job may be missing in the pipeline.', default: false },
      parallel: { shape: holder('parallel'), about: 'Only these instances of a job with a matrix.', since: '16.3' },
    },
    { effects: 'need', required: ['job'] },
  ),
  pipeline_need: defineHolder(
    PIPELINE_NEED_KEYS,
    'A job of another pipeline of the same family, for its artifacts.',
    {
      pipeline: { shape: name, about: 'Id of the pipeline, as a rule `$PARENT_PIPELINE_ID`.' },
      job: { shape: name, about: 'Name of the job there.' },
      artifacts,
    },
    { effects: 'need', required: ['pipeline', 'job'] },
  ),
  project_need: defineHolder(
    PROJECT_NEED_KEYS,
    'The last successful job of that name in another project, for its artifacts.',
    {
      project: { shape: name, about: 'Path of the project.' },
      ref: { shape: name, about: 'Branch, tag or commit there.' },
      job: { shape: name, about: 'Name of the job there.' },
      artifacts,
    },
    { effects: 'need', required: ['project', 'ref', 'job'] },
  ),
  mirror_need: defineHolder(
    MIRROR_NEED_KEYS,
    'Another project whose pipeline the job shows the status of.',
    { pipeline: { shape: name, about: 'Path of the project.' } },
    { effects: 'need', required: ['pipeline'] },
  ),
};
