import { GITLAB_VERSION, VERSION } from '../kit/version.ts';

/** `penstock <version> (…)`, one line. */
export const versionLine = (): string =>
  `penstock ${VERSION} (speaks GitLab ${GITLAB_VERSION}, node ${process.versions.node})`;
