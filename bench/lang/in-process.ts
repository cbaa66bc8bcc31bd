import { load } from 'js-yaml';
import { type CompileHost, type CompileInput, compile } from '../../src/ci-lang/index.ts';
import { languageHost } from '../../test/support/language-host.ts';
import { compare, line, measure, percentile } from '../figures.ts';
import { CONFIG, type LangProject } from './generate.ts';

/** As many predefined variables as a real pipeline has. */
const PREDEFINED = [
  ...Array.from({ length: 90 }, (_, index) => ({ key: `CI_FACT_${index}`, value: `value ${index}`, public: true })),
  { key: 'CI_PIPELINE_SOURCE', value: 'push', public: true },
  { key: 'CI_COMMIT_BRANCH', value: 'main', public: true },
];
const SCOPE = { below: PREDEFINED, above: [] };

const inputOf = ({ files }: LangProject): CompileInput => ({
  purpose: 'create',
  content: files.get(CONFIG) ?? '',
  path: CONFIG,
  facts: { source: 'push', ref: 'main', tag: false, branch: 'main' },
  inputs: {},
  variables: { pipeline: SCOPE, forJob: () => SCOPE },
});

const hostOf = ({ files }: LangProject): CompileHost =>
  languageHost({
    readLocalFile: (path) => Promise.resolve(files.get(path)),
    listFiles: () => Promise.resolve([...files.keys()]),
  });

/** Prints p50 and p99 beside js-yaml's reading of the same files, and how the time grows with the jobs. */
export async function benchInProcess(projects: readonly LangProject[]): Promise<void> {
  const medians = new Map<number, number>();
  for (const project of projects) {
    const rounds = project.jobs > 1000 ? 20 : 100;
    const work = async (): Promise<void> => {
      const { kind } = await compile(inputOf(project), hostOf(project));
      if (kind !== 'compiled') throw new Error(`${project.name}: ${kind}`);
    };
    const read = (): Promise<void> => {
      // js-yaml does not know GitLab's tag.
      for (const text of project.files.values()) load(text.replaceAll('!reference ', ''));
      return Promise.resolve();
    };
    await measure(Math.ceil(rounds / 4), 1, work);
    const own = (await measure(rounds, 1, work)).times;
    const bare = (await measure(rounds, 1, read)).times;
    compare(project.name, own, bare);
    if (project.files.size === 1) medians.set(project.jobs, percentile(own, 0.5));
  }
  const [few = 0, many = 0] = [medians.get(200), medians.get(2000)];
  line('growth from 200 to 2,000 jobs', `exponent ${Math.log10(many / few).toFixed(2)} (1 is linear; aim under 1.2)`);
  line('aims', '200 jobs under 20 ms, 2,000 under 250 ms');
}
