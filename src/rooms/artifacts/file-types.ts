import type { ArtifactFormat } from '../../wire/runner-protocol.ts';

/** What a job may upload, each in the one format that GitLab takes it in. */
const FORMATS = {
  archive: 'zip',
  lsif: 'zip',
  scip: 'zip',
  junit: 'gzip',
  dotenv: 'gzip',
  cobertura: 'gzip',
  jacoco: 'gzip',
  metrics: 'gzip',
  cyclonedx: 'gzip',
  annotations: 'gzip',
  repository_xray: 'gzip',
  metrics_referee: 'gzip',
  network_referee: 'gzip',
  codequality: 'raw',
  accessibility: 'raw',
  terraform: 'raw',
  sast: 'raw',
  secret_detection: 'raw',
  dependency_scanning: 'raw',
  container_scanning: 'raw',
  cluster_image_scanning: 'raw',
  dast: 'raw',
  license_scanning: 'raw',
  performance: 'raw',
  browser_performance: 'raw',
  load_performance: 'raw',
  requirements: 'raw',
  requirements_v2: 'raw',
  coverage_fuzzing: 'raw',
  api_fuzzing: 'raw',
  sarif: 'raw',
} as const satisfies Readonly<Record<string, ArtifactFormat>>;

export type FileType = keyof typeof FORMATS;

const isFileType = (name: string): name is FileType => Object.hasOwn(FORMATS, name);

export const FILE_TYPES: readonly FileType[] = Object.keys(FORMATS).filter(isFileType);

export const FILE_FORMATS: readonly ArtifactFormat[] = ['zip', 'gzip', 'raw'];

/** The format in which a file of that type is sent. */
export const formatOf = (type: FileType): ArtifactFormat => FORMATS[type];
