import type { Diagnostic } from '../../ci-lang/index.ts';
import { VERSION } from '../../kit/version.ts';
import type { LintReport } from './lint-report.ts';
import { asLines } from './print-json.ts';

/** SARIF 2.1.0, the format of code scanning. Every finding is a result; rules are named for keywords. */
export const printSarif = ({ result, project }: LintReport): string => {
  const findings = [...result.errors, ...result.warnings];
  const rules = [...new Set(findings.map(ruleOf))].toSorted();
  return asLines({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'penstock lint', version: VERSION, rules: rules.map(presentRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((diagnostic) => presentResult(diagnostic, rules, project.nameOf)),
      },
    ],
  });
};

/**
 * The keyword that a finding is about, without the names of jobs and the places in lists: `jobs/artifacts/paths`.
 * `syntax` for what is no YAML or belongs to no keyword.
 */
const ruleOf = ({ path }: Diagnostic): string => {
  const [first, , ...inner] = path;
  const keywords = first === 'jobs' ? [first, ...inner] : path;
  const named = keywords.filter((step) => /^[a-z][a-z_]*$/.test(step));
  return named.length === 0 ? 'syntax' : named.join('/');
};

const presentRule = (id: string) => ({
  id,
  shortDescription: {
    text: id === 'syntax' ? 'The configuration can be read' : `The keyword ${id} is used as it is meant`,
  },
});

const presentResult = (diagnostic: Diagnostic, rules: readonly string[], nameOf: (file: string) => string) => {
  const { severity, message, hint, file, line, column } = diagnostic;
  const rule = ruleOf(diagnostic);
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(nameOf(file)) },
          ...(line !== undefined && {
            region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
          }),
        },
      },
    ],
  };
};

/** A relative reference, or the address itself. */
const uriOf = (file: string): string =>
  /^https?:\/\//.test(file) ? file : file.split('/').map(encodeURIComponent).join('/');
