import { allowKeys, beOneOf, checkKey, checkValue, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isMap, textsOf } from './node-tests.ts';
import { fail, givenValue, hasFailed } from './place.ts';

/** Kinds of reports whose value is a path or a list of paths. */
export const REPORT_TYPES = [
  'junit',
  'codequality',
  'sast',
  'secret_detection',
  'dependency_scanning',
  'container_scanning',
  'dast',
  'performance',
  'browser_performance',
  'load_performance',
  'license_scanning',
  'metrics',
  'lsif',
  'scip',
  'dotenv',
  'terraform',
  'accessibility',
  'coverage_fuzzing',
  'api_fuzzing',
  'cluster_image_scanning',
  'requirements',
  'requirements_v2',
  'cyclonedx',
  'annotations',
  'repository_xray',
  'sarif',
] as const;

export const REPORT_KEYS = [...REPORT_TYPES, 'coverage_report'] as const;
export const COVERAGE_REPORT_KEYS = ['coverage_format', 'path'] as const;
export const COVERAGE_FORMATS = ['cobertura', 'jacoco'] as const;

/** Report type → paths. */
type Reports = Readonly<Record<string, readonly string[]>>;

export const reportsKeyword: Keyword<Reports> = {
  name: 'reports',
  read: (place) => {
    const { node } = place;
    if (!isMap(node)) return undefined;
    allowKeys(place, node, REPORT_KEYS);
    for (const type of REPORT_TYPES) checkKey(place, node, type, should.beTextsOrText);
    if (hasFailed(place)) return undefined;
    const listed = REPORT_TYPES.flatMap((type) => {
      const paths = givenValue(node, type);
      return paths === undefined ? [] : [[type, textsOf(paths)] as const];
    });
    const coverage = readKeyword(place, node, coverageReportKeyword);
    return { ...Object.fromEntries(listed), ...coverage };
  },
};

/** `{coverage_format, path}` becomes a report of the format's name. */
const coverageReportKeyword: Keyword<Reports> = {
  name: 'coverage_report',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    allowKeys(place, node, COVERAGE_REPORT_KEYS);
    for (const name of COVERAGE_REPORT_KEYS) {
      if (givenValue(node, name) === undefined) fail(place, name, "can't be blank");
    }
    checkKey(
      place,
      node,
      'coverage_format',
      should.beText,
      beOneOf(COVERAGE_FORMATS, 'must be one of supported formats: cobertura, jacoco.'),
    );
    checkKey(place, node, 'path', should.beText, should.bePresent);
    const format = givenValue(node, 'coverage_format');
    const path = givenValue(node, 'path');
    if (hasFailed(place) || format?.kind !== 'scalar' || path?.kind !== 'scalar') return undefined;
    return { [format.text]: [path.text] };
  },
};
