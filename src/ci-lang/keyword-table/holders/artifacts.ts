import { ARTIFACT_ACCESS, ARTIFACT_KEYS, ARTIFACT_WHENS } from '../../keywords/artifacts.ts';
import { COVERAGE_FORMATS, COVERAGE_REPORT_KEYS, REPORT_KEYS, type REPORT_TYPES } from '../../keywords/reports.ts';
import { LIMITS } from '../../limits.ts';
import { boolean, duration, holder, text, textOrTexts, texts, word } from '../shape.ts';
import { defineHolder, type KeywordEntry, type KeywordTable } from '../table-types.ts';

const report = (about: string): KeywordEntry => ({ shape: textOrTexts, about });

const REPORTS: Readonly<Record<(typeof REPORT_TYPES)[number], KeywordEntry>> = {
  junit: report('Results of tests in JUnit XML.'),
  codequality: report('Findings about the quality of the code.'),
  sast: report('Findings of a scan of the source code.'),
  secret_detection: report('Secrets found in the repository.'),
  dependency_scanning: report('Findings about dependencies.'),
  container_scanning: report('Findings about container images.'),
  dast: report('Findings of a scan of the running application.'),
  performance: { ...report('Measurements of a browser.'), deprecated: 'Use `browser_performance`.' },
  browser_performance: report('Measurements of a browser.'),
  load_performance: report('Measurements under load.'),
  license_scanning: { ...report('Licences of dependencies.'), deprecated: 'Use `cyclonedx`.' },
  metrics: report('Metrics in the text format of OpenMetrics.'),
  lsif: report('Index of the code for navigation, in LSIF.'),
  scip: report('Index of the code for navigation, in SCIP.'),
  dotenv: report('Variables for later jobs, a line each: `NAME=value`.'),
  terraform: report('A plan of Terraform as JSON.'),
  accessibility: report('Findings about accessibility.'),
  coverage_fuzzing: report('Findings of fuzzing with coverage.'),
  api_fuzzing: report('Findings of fuzzing an API.'),
  cluster_image_scanning: report('Findings about images of a cluster.'),
  requirements: report('Which requirements are met.'),
  requirements_v2: report('Which requirements are met, in the second format.'),
  cyclonedx: report('A bill of materials in CycloneDX.'),
  annotations: report('Links shown at the job.'),
  repository_xray: report('A description of the repository for code suggestions.'),
  sarif: report('Findings in SARIF.'),
};

export const ARTIFACT_HOLDERS: KeywordTable = {
  artifacts: defineHolder(
    ARTIFACT_KEYS,
    'Files that are kept when the job ends.',
    {
      name: { shape: text(), about: 'Name of the archive.', default: 'artifacts' },
      untracked: { shape: boolean, about: 'Whether all files that Git does not track are kept.', default: false },
      paths: { shape: texts(), about: 'Paths and globs of what is kept.' },
      reports: { shape: holder('reports'), about: 'Files that are read, by the kind of report.' },
      when: { shape: word(ARTIFACT_WHENS), about: 'After which end of the job.', default: 'on_success' },
      expire_in: { shape: duration, about: 'After which time they are deleted: a duration, or `never`.' },
      expose_as: {
        shape: text({ atMost: LIMITS.exposeAsLength, pattern: '^\\w[-\\w ]*$' }),
        about: 'Title of a link in merge requests; it goes with `paths` without wildcards.',
      },
      exclude: { shape: texts(), about: 'Paths and globs of what is not kept.' },
      public: { shape: boolean, about: 'Whether everybody who sees the pipeline may fetch them.', default: true },
      access: { shape: word(ARTIFACT_ACCESS), about: 'Who may fetch them.', default: 'all', since: '16.11' },
    },
    { atMostOne: [['access', 'public']], together: { expose_as: ['paths'] } },
  ),
  reports: defineHolder(REPORT_KEYS, 'Reports by kind.', {
    ...REPORTS,
    coverage_report: { shape: holder('coverage_report'), about: 'Which lines the tests cover.' },
  }),
  coverage_report: defineHolder(
    COVERAGE_REPORT_KEYS,
    'Which lines the tests cover.',
    {
      coverage_format: { shape: word(COVERAGE_FORMATS), about: 'Format of the file.' },
      path: { shape: text({ notBlank: true }), about: 'Path or glob of the file.' },
    },
    { required: ['coverage_format', 'path'] },
  ),
};
