import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { listProjectFolders, readProjectFolder } from '../../../test/configurations/project-folder.ts';
import { schemaProblems } from '../../../test/support/json-schema.ts';
import { plainYaml } from '../../../test/support/plain-yaml.ts';
import { formProblems } from '../../../test/support/schema-form.ts';
import { jsonSchema, KEYWORD_TABLE } from './index.ts';

const schema = jsonSchema(KEYWORD_TABLE);

/** Of each document of the file, as an editor sees it. */
const problemsOf = (text: string): readonly string[] =>
  plainYaml(text).flatMap((document) => schemaProblems(schema, document));

const isData = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const testdata = join(import.meta.dirname, '..', 'testdata');
const golden = readdirSync(testdata, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.txt'))
  .map(({ parentPath, name }) => {
    const [, ...parts] = readFileSync(join(parentPath, name), 'utf8').split(/^-- (.+) --\n/m);
    const section = (title: string): string => parts[parts.indexOf(title) + 1] ?? '';
    const expected = load(section('expect'));
    const { errors, result }: Readonly<Record<string, unknown>> = isData(expected) ? expected : {};
    return {
      title: join(parentPath, name).slice(testdata.length + 1),
      text: section('.gitlab-ci.yml'),
      errors: Array.isArray(errors) ? errors.map((error) => String(isData(error) ? error['message'] : error)) : [],
      compiles: errors === undefined && result !== 'config_error',
    };
  });

/** What the schema does not let pass, for the sake of everything else. */
const TOO_ODD = [
  '03-jobs/default-and-workflow-are-jobs-when-they-look-like-one.txt',
  '09-changes-and-exists/trap-an-empty-map-exists-nowhere.txt',
  '18-parallel/trap-an-empty-list-of-values-makes-no-jobs.txt',
];

describe('the JSON Schema', () => {
  it('is one of draft-07, and every default is a value that it lets pass', () => {
    expect(formProblems(schema)).toEqual([]);
    const broken = { properties: { a: { $ref: '#/$defs/b', type: 'text' } }, required: ['c'], $defs: {} };
    expect(formProblems(broken)).toEqual([
      '#: required but not there: c',
      '#/properties/a: type beside a reference',
      '#/properties/a: nothing at #/$defs/b',
      '#/properties/a: no type: text',
    ]);
  });

  it('lets every golden case pass that compiles', () => {
    const sound = golden.filter(({ compiles }) => compiles);
    expect(sound.length).toBeGreaterThan(250);
    const refused = sound.filter(({ text }) => problemsOf(text).length > 0).map(({ title }) => title);
    expect(refused).toEqual(TOO_ODD);
  });

  it('refuses every golden case that has unknown keys', () => {
    const wrong = golden.filter(
      ({ errors, text }) =>
        errors.length > 0 &&
        errors.every((error) => /^jobs:.* contains unknown keys: /.test(error)) &&
        !/^include:/m.test(text),
    );
    expect(wrong.length).toBeGreaterThan(5);
    expect(wrong.filter(({ text }) => problemsOf(text).length === 0).map(({ title }) => title)).toEqual([]);
  });

  it.each(listProjectFolders())('lets every file of the configuration %s pass', (name) => {
    const { files, others, remote } = readProjectFolder(name);
    const configurations = [...files, ...others, ...remote].filter(([path]) => /\.ya?ml$/.test(path));
    expect(configurations.length).toBeGreaterThan(0);
    const problems = configurations.flatMap(([path, text]) => problemsOf(text).map((problem) => `${path}: ${problem}`));
    expect(problems).toEqual([]);
  });

  it.each([
    ['an unknown keyword', 'test: {script: x, scripts: y}', '/test/scripts'],
    ['a misspelt key inside', 'test: {script: x, artifacts: {path: [a]}}', '/test/artifacts/path'],
    ['a key of another keyword', 'test: {script: x, cache: {expire_in: 1 day}}', '/test/cache/expire_in'],
    ['a misspelt keyword of the root', 'variabels: {A: b}', '/variabels/A'],
    ['a stage in a list', 'test: {script: x, stage: [test]}', '/test/stage'],
    ['stages that are no list', 'stages: build', '/stages'],
    ['a number of minutes', 'test: {script: x, timeout: 60}', '/test/timeout'],
    ['a switch in quotes', 'test: {script: x, interruptible: "true"}', '/test/interruptible'],
    ['an unknown word', 'test: {script: x, when: sometimes}', '/test/when'],
    ['never outside of a rule', 'test: {script: x, when: never}', '/test/when'],
    ['manual in a rule of the workflow', 'workflow: {rules: [{when: manual}]}', '/workflow/rules/0/when'],
    ['a rule that is a text', 'test: {script: x, rules: [{if: $A}, $A == "b"]}', '/test/rules/1'],
    ['a condition that is a switch', 'test: {script: x, rules: [{if: true}]}', '/test/rules/0/if'],
    ['rules without a rule', 'test: {script: x, rules: []}', '/test/rules'],
    ['too many retries', 'test: {script: x, retry: 3}', '/test/retry'],
    ['an unknown reason to retry', 'test: {script: x, retry: {max: 1, when: script_failed}}', '/test/retry/when'],
    ['a need without its job', 'test: {script: x, needs: [{optional: true}]}', '/test/needs/0'],
    ['a script beside steps', 'test: {script: x, run: []}', '/test: not'],
    ['a script in a trigger job', 'test: {trigger: a/b, script: x}', '/test/script'],
    ['a delayed trigger job', 'test: {trigger: a/b, when: delayed}', '/test/when'],
    ['two kinds in one include', 'include: [{local: a.yml, template: b.yml}]', '/include/0: oneOf'],
    ['a project without its file', 'include: {project: a/b}', '/include: required'],
    ['four caches and one', 'test: {script: x, cache: [{}, {}, {}, {}, {}]}', '/test/cache'],
    ['ports of an image', 'test: {script: x, image: {name: a, ports: [1]}}', '/test/image/ports'],
    ['an unknown report', 'test: {script: x, artifacts: {reports: {junits: a}}}', '/test/artifacts/reports/junits'],
    ['a list as a variable', 'variables: {A: [{b: c}]}', '/variables/A'],
    [
      'a description of a variable of a job',
      'test: {script: x, variables: {A: {value: b, description: c}}}',
      '/test/variables/A/description',
    ],
    ['an unknown keyword to inherit', 'test: {script: x, inherit: {default: [stage]}}', '/test/inherit/default/0'],
    ['keywords beside a header', 'spec: {inputs: {}}\ntest: {script: x}', ': maxProperties'],
    ['an unknown type of an input', 'spec: {inputs: {a: {type: text}}}\n---\nt: {script: x}', '/spec/inputs/a/type'],
    [
      'an id token without an audience',
      'test: {script: x, id_tokens: {A: {audience: b}}}',
      '/test/id_tokens/A/audience',
    ],
  ])('refuses %s', (_, text, place) => {
    const problems = problemsOf(text);
    expect(
      problems.filter((problem) => problem.startsWith(place)),
      problems.join('\n'),
    ).not.toEqual([]);
  });

  it.each([
    ['what extends completes', '.a: {environment: {name: b}}\nt: {extends: .a, environment: {url: https://c}}'],
    ['a job without a script', 't: {extends: .a, stage: deploy}'],
    ['a hidden job of any kind', '.a: [1, {b: 2}]\n.c: text'],
    ['a tag for a text', 't: {script: x, image: !reference [.a, image]}'],
    ['a tag for a map', 't: {script: x, variables: !reference [.a]}'],
    ['a tag in a list', 't: {script: [a, !reference [.b, script]], rules: [!reference [.b, rules]]}'],
    ['a tag for a list', 't: {script: x, tags: !reference [.b, tags]}'],
    ['a whole job by a tag', 't: !reference [.b]'],
    [
      'inputs in place of values',
      '"$[[ inputs.a ]]": {script: x, parallel: "$[[ inputs.b ]]", when: "$[[ inputs.c ]]"}',
    ],
    ['null for nothing', 't: {script: x, image: , rules: , when: , retry: }'],
    ['other keys in an include', 'include: {local: a.yml, note: b}'],
  ])('lets pass %s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  it('says of a keyword what it is for, its default and whether it is acted on', () => {
    const definitions = isData(schema['$defs']) ? schema['$defs'] : {};
    const entry = (holder: string, name: string): unknown => {
      const definition = definitions[holder];
      const properties = isData(definition) ? definition['properties'] : undefined;
      return isData(properties) ? properties[name] : undefined;
    };
    expect(entry('any_job', 'when')).toMatchObject({
      default: 'on_success',
      markdownDescription: 'When the job starts.\n\nDefault: `on_success`.',
    });
    expect(entry('any_job', 'only')).toMatchObject({ deprecationMessage: 'Use `rules`.' });
    expect(entry('any_job', 'dast_configuration')).toMatchObject({
      description: expect.stringContaining('Not acted on by this version of Penstock'),
    });
    expect(entry('any_job', 'script')).toMatchObject({ description: 'The commands that the job runs.' });
  });
});
