import type { CompiledArtifacts } from '../../../ci-lang/index.ts';
import type { ArtifactFormat, JobArtifact } from '../../../wire/runner-protocol.ts';

interface ReportFile {
  readonly format: ArtifactFormat;
  readonly name: string;
}

const gzip = (name: string): ReportFile => ({ format: 'gzip', name });
const raw = (name: string): ReportFile => ({ format: 'raw', name });

/** GitLab's report types: how the file is sent, and its fixed name. */
const REPORTS: Readonly<Record<string, ReportFile>> = {
  junit: gzip('junit.xml'),
  dotenv: gzip('.env'),
  cobertura: gzip('cobertura-coverage.xml'),
  jacoco: gzip('jacoco-coverage.xml'),
  metrics: gzip('metrics.txt'),
  cyclonedx: gzip('gl-sbom.cdx.json'),
  annotations: gzip('gl-annotations.json'),
  repository_xray: gzip('gl-repository-xray.json'),
  lsif: { format: 'zip', name: 'lsif.json' },
  scip: { format: 'zip', name: 'index.scip' },
  codequality: raw('gl-code-quality-report.json'),
  accessibility: raw('gl-accessibility.json'),
  terraform: raw('tfplan.json'),
  sast: raw('gl-sast-report.json'),
  secret_detection: raw('gl-secret-detection-report.json'),
  dependency_scanning: raw('gl-dependency-scanning-report.json'),
  container_scanning: raw('gl-container-scanning-report.json'),
  cluster_image_scanning: raw('gl-cluster-image-scanning-report.json'),
  dast: raw('gl-dast-report.json'),
  license_scanning: raw('gl-license-scanning-report.json'),
  performance: raw('performance.json'),
  browser_performance: raw('browser-performance.json'),
  load_performance: raw('load-performance.json'),
  requirements: raw('requirements.json'),
  requirements_v2: raw('requirements_v2.json'),
  coverage_fuzzing: raw('gl-coverage-fuzzing.json'),
  api_fuzzing: raw('gl-api-fuzzing-report.json'),
  sarif: raw('gl-sarif-report.sarif'),
};

/** The archive first (if there is anything to put in), then one entry a report; reports are always sent. */
export function artifactsOf(artifacts: CompiledArtifacts | undefined): readonly JobArtifact[] {
  if (artifacts === undefined) return [];
  const expiry = artifacts.expireIn === undefined ? {} : { expire_in: artifacts.expireIn };
  const hasArchive = artifacts.paths.length > 0 || artifacts.untracked;
  const archive: JobArtifact = {
    name: artifacts.name ?? null,
    untracked: artifacts.untracked,
    paths: artifacts.paths,
    ...(artifacts.exclude.length > 0 && { exclude: artifacts.exclude }),
    when: artifacts.when,
    ...expiry,
    artifact_type: 'archive',
    artifact_format: 'zip',
  };
  const reports = Object.entries(artifacts.reports).map(([type, paths]): JobArtifact => {
    const file = REPORTS[type] ?? raw(`gl-${type}.json`);
    return { name: file.name, paths, when: 'always', ...expiry, artifact_type: type, artifact_format: file.format };
  });
  return hasArchive ? [archive, ...reports] : reports;
}
