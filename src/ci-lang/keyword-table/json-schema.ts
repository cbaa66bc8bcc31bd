import type { JsonValue } from '../compiled-bridge.ts';
import { definedOnly } from '../defined-only.ts';
import { findMergeable } from './find-mergeable.ts';
import { type Schema, schemaOfShape, withBlank } from './shape-schema.ts';
import { type Holder, isActedOn, type KeywordEntry, type KeywordTable } from './table-types.ts';

/** Hidden jobs hold whatever others take from them. */
const HIDDEN = '^\\.';
/** Names that inputs make. */
const INTERPOLATED = '\\$\\[\\[';

/**
 * A JSON Schema (draft-07) for editors. It sees one file as it is written: before inputs, includes, `extends` and
 * `!reference` are put in. So what may come from elsewhere is not missed, and a tag or `$[[ … ]]` may stand in place of
 * most values.
 */
export const jsonSchema = (table: KeywordTable): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: '.gitlab-ci.yml',
  ...rootSchema(table),
  $defs: { ...Object.fromEntries(definitions(table)), ...SPECIAL },
});

/** Editors hold each document of a file against the schema: the header too. */
const rootSchema = (table: KeywordTable): Schema => {
  const [root, header] = [holderNamed(table, 'root'), holderNamed(table, 'header')];
  return {
    description: root.about,
    type: 'object',
    properties: { ...propertiesOf(header), ...propertiesOf(root) },
    dependencies: { spec: { maxProperties: 1 } },
    patternProperties: {
      [HIDDEN]: { markdownDescription: 'Hidden: no job of its own, for `extends`, `!reference` and anchors.' },
      [INTERPOLATED]: {},
    },
    additionalProperties: { anyOf: [{ $ref: '#/$defs/any_job' }, { $ref: '#/$defs/tag' }] },
  };
};

const SPECIAL: Readonly<Record<string, Schema>> = {
  tag: {
    description: 'A `!reference` with the path of what stands elsewhere.',
    type: 'array',
    items: { type: 'string' },
    minItems: 1,
  },
  long_tag: {
    description: 'A `!reference` with the path of a value inside of something else.',
    type: 'array',
    items: { type: 'string' },
    minItems: 2,
  },
  interpolation: { description: 'A value that an input gives.', type: 'string', pattern: INTERPOLATED },
};

const definitions = (table: KeywordTable): readonly (readonly [string, Schema])[] => {
  const mergeable = findMergeable(table);
  return [
    ['any_job', anyJobSchema(table)],
    ...Object.entries(table)
      .filter(([name]) => !['root', 'header', 'job'].includes(name))
      .map(([name, holder]) => [name, holderSchema(holder, mergeable.has(name))] as const),
  ];
};

/**
 * Jobs and trigger jobs in one: which of them it is may come from `extends`. Only what says `trigger` itself is held to
 * the keywords of trigger jobs.
 */
const anyJobSchema = (table: KeywordTable): Schema => {
  const [job, trigger] = [holderNamed(table, 'job'), holderNamed(table, 'trigger_job')];
  const both = { ...propertiesOf(trigger), ...propertiesOf(job) };
  const { needs: ofJob } = job.keywords;
  const { needs: ofTrigger } = trigger.keywords;
  const needs: KeywordEntry | undefined = ofJob &&
    ofTrigger && { ...ofJob, shape: { kind: 'either', of: [ofJob.shape, ofTrigger.shape] } };
  return {
    ...holderSchema(job, false),
    properties: { ...both, ...(needs === undefined ? {} : { needs: entrySchema(needs, true) }) },
    dependencies: { trigger: { $ref: '#/$defs/trigger_job' } },
  };
};

const holderNamed = (table: KeywordTable, name: string): Holder => {
  const holder = table[name];
  if (holder === undefined) throw new Error(`The table of keywords lacks ${name}`);
  return holder;
};

const propertiesOf = (holder: Holder): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(holder.keywords)
      .filter(([, { shape }]) => shape.kind !== 'refused')
      .map(([name, entry]) => [name, entrySchema(entry, isActedOn(holder, name))] as const),
  );

const holderSchema = (holder: Holder, isMergeable: boolean): Schema => {
  const refused = (holder.atMostOne ?? []).map((names) => ({ not: { required: names } }));
  const demanded = (holder.exactlyOne ?? []).map((names) => ({ oneOf: names.map((name) => ({ required: [name] })) }));
  const rules = isMergeable ? refused : [...refused, ...demanded];
  return {
    description: holder.about,
    type: 'object',
    properties: propertiesOf(holder),
    ...(holder.closed ? { additionalProperties: false } : {}),
    ...(isMergeable ? {} : definedOnly({ required: holder.required, dependencies: holder.together })),
    ...(holder.notEmpty === true && !isMergeable ? { minProperties: 1 } : {}),
    ...(rules.length > 0 ? { allOf: rules } : {}),
  };
};

const entrySchema = (entry: KeywordEntry, actedOn: boolean): Schema => {
  const notes = [
    ...(actedOn ? [] : ['**Not acted on by this version of Penstock**: creating a pipeline with it is refused.']),
    ...(entry.deprecated === undefined ? [] : [`**Deprecated.** ${entry.deprecated}`]),
    ...(entry.default === undefined ? [] : [`Default: \`${shown(entry.default)}\`.`]),
    ...(entry.since === undefined ? [] : [`Since GitLab ${entry.since}.`]),
  ];
  return {
    description: [entry.about, ...notes.map((note) => note.replaceAll('**', ''))].join(' '),
    markdownDescription: [entry.about, ...notes].join('\n\n'),
    ...definedOnly({ default: entry.default, deprecationMessage: entry.deprecated }),
    anyOf: withBlank(schemaOfShape(entry.shape)),
  };
};

const shown = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
