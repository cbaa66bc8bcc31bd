import { describe, expect, it } from 'vitest';
import { languageHost } from '../../../test/support/language-host.ts';
import { INCLUDE_KEYS } from '../include/include-kinds.ts';
import { compile } from '../index.ts';
import { DEFAULT_KEYS } from '../keywords/inherit.ts';
import { JOB_KEYS, TRIGGER_JOB_KEYS } from '../keywords/job-keys.ts';
import { ROOT_KEYS } from '../keywords/jobs.ts';
import { UNSUPPORTED } from '../unsupported-keywords.ts';
import { KEYWORD_TABLE } from './index.ts';
import type { Shape } from './shape.ts';

const keysOf = (holder: string): readonly string[] => Object.keys(KEYWORD_TABLE[holder]?.keywords ?? {}).toSorted();

const holdersOf = (shape: Shape): readonly string[] => {
  switch (shape.kind) {
    case 'holder':
      return [shape.holder];
    case 'either':
      return shape.of.flatMap(holdersOf);
    case 'list':
    case 'map':
      return holdersOf(shape.of);
    default:
      return [];
  }
};

const EVERY_ENTRY = Object.entries(KEYWORD_TABLE).flatMap(([name, { keywords }]) =>
  Object.entries(keywords).map(([keyword, entry]) => ({ place: `${name}:${keyword}`, ...entry })),
);

/** How to get to a holder: the file around its map. A `{}` in the map's place is where it stands. */
const PLACES: Readonly<Record<string, string>> = {
  default: 'default: {}',
  workflow: 'workflow: {}',
  auto_cancel: 'workflow: {auto_cancel: {}}',
  workflow_rule: 'workflow: {rules: [{}]}',
  job: 't: {script: x, ...{}}',
  trigger_job: 't: {trigger: a/b, ...{}}',
  job_rule: 't: {script: x, rules: [{}]}',
  changes: 't: {script: x, rules: [{changes: {}}]}',
  exists: 't: {script: x, rules: [{exists: {}}]}',
  policy: 't: {script: x, only: {}}',
  include: 'include: [{local: a.yml, ...{}}]',
  include_rule: 'include: [{local: a.yml, rules: [{}]}]',
  trigger_include: 't: {trigger: {include: [{}]}}',
  trigger_project: 't: {trigger: {project: a, ...{}}}',
  trigger_child: 't: {trigger: {include: a.yml, ...{}}}',
  forward: 't: {trigger: {project: a, forward: {}}}',
  job_need: 't: {script: x, needs: [{job: b, ...{}}]}',
  pipeline_need: 't: {script: x, needs: [{job: b, pipeline: "1", ...{}}]}',
  project_need: 't: {script: x, needs: [{job: b, project: c, ...{}}]}',
  mirror_need: 't: {needs: {pipeline: b, ...{}}}',
  image: 't: {script: x, image: {}}',
  service: 't: {script: x, services: [{}]}',
  docker_options: 't: {script: x, image: {name: a, docker: {}}}',
  kubernetes_options: 't: {script: x, image: {name: a, kubernetes: {}}}',
  artifacts: 't: {script: x, artifacts: {}}',
  reports: 't: {script: x, artifacts: {reports: {}}}',
  coverage_report: 't: {script: x, artifacts: {reports: {coverage_report: {}}}}',
  cache: 't: {script: x, cache: {}}',
  cache_key: 't: {script: x, cache: {key: {}}}',
  environment: 't: {script: x, environment: {}}',
  kubernetes: 't: {script: x, environment: {name: a, kubernetes: {}}}',
  managed_resources: 't: {script: x, environment: {name: a, kubernetes: {managed_resources: {}}}}',
  dashboard: 't: {script: x, environment: {name: a, kubernetes: {dashboard: {}}}}',
  pages: 't: {script: x, pages: {}}',
  release: 't: {script: x, release: {}}',
  release_assets: 't: {script: x, release: {tag_name: a, description: b, assets: {}}}',
  release_link: 't: {script: x, release: {tag_name: a, description: b, assets: {links: [{}]}}}',
  hooks: 't: {script: x, hooks: {}}',
  inherit: 't: {script: x, inherit: {}}',
  allow_failure: 't: {script: x, allow_failure: {}}',
  retry: 't: {script: x, retry: {}}',
  parallel: 't: {script: x, parallel: {}}',
  dast_configuration: 't: {script: x, dast_configuration: {}}',
  id_token: 't: {script: x, id_tokens: {A: {}}}',
  secret: 't: {script: x, secrets: {A: {}}}',
  vault: 't: {script: x, secrets: {A: {vault: {}}}}',
  vault_engine: 't: {script: x, secrets: {A: {vault: {path: a, field: b, engine: {}}}}}',
  azure_key_vault: 't: {script: x, secrets: {A: {azure_key_vault: {}}}}',
  gcp_secret_manager: 't: {script: x, secrets: {A: {token: a, gcp_secret_manager: {}}}}',
  akeyless: 't: {script: x, secrets: {A: {akeyless: {}}}}',
  gitlab_secrets_manager: 't: {script: x, secrets: {A: {gitlab_secrets_manager: {}}}}',
  aws_secrets_manager: 't: {script: x, secrets: {A: {aws_secrets_manager: {}}}}',
  root_variable: 'variables: {A: {}}',
  job_variable: 't: {script: x, variables: {A: {}}}',
  job_input: 't: {script: x, inputs: {a: {}}}',
  script_step: 't: {run: [{name: a, script: b, ...{}}]}',
  function_step: 't: {run: [{name: a, step: b, ...{}}]}',
  git_source: 't: {run: [{name: a, step: {git: {}}}]}',
  oci_source: 't: {run: [{name: a, step: {oci: {}}}]}',
  header: '{spec: {}, ...{}}\n---\nt: {script: x}',
  spec: 'spec: {}\n---\nt: {script: x}',
  spec_include: 'spec: {include: [{}]}\n---\nt: {script: x}',
  spec_input: 'spec: {inputs: {a: {}}}\n---\nt: {script: x}',
  input_rule: 'spec: {inputs: {a: {rules: [{}]}}}\n---\nt: {script: x}',
};

/** A map of keywords of its own kind: an unknown key makes it none, which has its own message. */
const NO_PLACE = ['root', 'git_function', 'oci_function'];

/** The file of a holder whose map has this key too. */
const fileWith = (place: string, key: string): string =>
  place.includes('...{}') ? place.replace('...{}', `${key}: ~`) : place.replace('{}', `{${key}: ~}`);

/** Messages of the compiler that name a key as one that it does not know. */
const complaintsOf = async (file: string, key: string): Promise<readonly string[]> => {
  const nothing = { below: [], above: [] };
  const result = await compile(
    {
      purpose: 'lint',
      content: file,
      path: '.gitlab-ci.yml',
      facts: { source: 'push', ref: 'main', tag: false, branch: 'main' },
      inputs: {},
      variables: { pipeline: nothing, forJob: () => nothing },
    },
    languageHost({ readLocalFile: () => Promise.resolve('o: {script: x}') }),
  );
  const errors = result.kind === 'config_error' ? result.errors : [];
  return errors
    .map(({ message }) => message)
    .filter((message) => message.includes(key) && /unknown keys|invalid data keys|disallowed additional/.test(message));
};

describe('the table of keywords', () => {
  it('has the keywords that the compiler knows, and no others', () => {
    expect(keysOf('root')).toEqual(ROOT_KEYS.toSorted());
    expect(keysOf('default')).toEqual(DEFAULT_KEYS.toSorted());
    expect(keysOf('job')).toEqual(JOB_KEYS.toSorted());
    expect(keysOf('trigger_job')).toEqual(TRIGGER_JOB_KEYS.toSorted());
    // The kinds of includes are files of their own, which name themselves
    expect(keysOf('include')).toEqual(INCLUDE_KEYS.toSorted());
  });

  it('knows every keyword that is not acted on', () => {
    const marked = Object.values(KEYWORD_TABLE).flatMap(({ effects, keywords }) =>
      effects === undefined ? [] : Object.keys(keywords).map((keyword) => `${effects}:${keyword}`),
    );
    expect([...UNSUPPORTED].filter((keyword) => !marked.includes(keyword))).toEqual([]);
  });

  it('hangs together', () => {
    const named = new Set(EVERY_ENTRY.flatMap(({ shape }) => holdersOf(shape)));
    expect([...named].filter((name) => KEYWORD_TABLE[name] === undefined)).toEqual([]);
    const roots = ['root', 'header', 'job', 'trigger_job'];
    expect(Object.keys(KEYWORD_TABLE).filter((name) => !named.has(name) && !roots.includes(name))).toEqual([]);
  });

  it('says one sentence of each', () => {
    expect(EVERY_ENTRY.filter(({ about }) => !/^[A-Z`].{7,140}[.]$/.test(about)).map(({ place }) => place)).toEqual([]);
  });

  it('has a place for each holder in this test', () => {
    expect([...Object.keys(PLACES), ...NO_PLACE].toSorted()).toEqual(Object.keys(KEYWORD_TABLE).toSorted());
  });

  it.each(Object.entries(PLACES))('agrees with the compiler on the keys of %s', async (name, place) => {
    const holder = KEYWORD_TABLE[name];
    const complaints = await complaintsOf(fileWith(place, 'no_such_key'), 'no_such_key');
    expect(complaints.length > 0, complaints.join('\n')).toBe(holder?.closed);
    for (const key of keysOf(name)) expect(await complaintsOf(fileWith(place, key), key), key).toEqual([]);
  });
});
