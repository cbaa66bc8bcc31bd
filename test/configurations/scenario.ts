import { load } from 'js-yaml';

export type Data = Readonly<Record<string, unknown>>;

/** What `scenario.yml` says of one pipeline. */
export interface PipelineScenario {
  readonly title: string;
  readonly facts: Data;
  readonly source: ConfigSource;
  readonly expected: Data;
}

/** Where the configuration of a pipeline is. */
export type ConfigSource =
  | { readonly kind: 'file'; readonly path: string }
  /** Of a trigger job: its `include`. */
  | { readonly kind: 'child'; readonly include: unknown }
  | { readonly kind: 'other_project'; readonly project: string };

export interface Scenario {
  /** What lint warns of. */
  readonly warnings: readonly string[];
  readonly pipelines: readonly PipelineScenario[];
}

export const readScenario = (text: string): Scenario => {
  const scenario = dataOf(load(text));
  const shared = dataOf(scenario['facts']);
  return {
    warnings: textsOf(scenario['lint']),
    pipelines: listOf(scenario['pipelines']).map((item): PipelineScenario => {
      const { title, facts, file, child, in: project, ...expected } = dataOf(item);
      return {
        title: textOf(title, ''),
        facts: mergeFacts(shared, dataOf(facts)),
        source: sourceOf(file, child, project),
        expected,
      };
    }),
  };
};

const sourceOf = (file: unknown, child: unknown, project: unknown): ConfigSource => {
  if (child !== undefined) return { kind: 'child', include: child };
  if (typeof project === 'string') return { kind: 'other_project', project };
  return { kind: 'file', path: textOf(file, '.gitlab-ci.yml') };
};

/** Maps of facts are joined, everything else is replaced. */
const mergeFacts = (shared: Data, own: Data): Data => {
  const joined = Object.entries(own).map(([key, value]) => [
    key,
    isData(value) ? { ...dataOf(shared[key]), ...value } : value,
  ]);
  return { ...shared, ...Object.fromEntries(joined) };
};

export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const dataOf = (value: unknown): Data => (isData(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === 'string');
