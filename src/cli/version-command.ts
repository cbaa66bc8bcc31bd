import { Command } from 'commander';
import { GITLAB_VERSION, VERSION } from '../kit/version.ts';

export const versionCommand = (): Command =>
  new Command('version').description('Print the version.').action(() => {
    console.log(`penstock ${VERSION} (speaks GitLab ${GITLAB_VERSION}, node ${process.versions.node})`);
  });
