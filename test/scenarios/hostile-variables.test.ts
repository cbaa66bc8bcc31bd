import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/git-client.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import {
  jobNamed,
  makeProject,
  makeTriggerToken,
  traceOf,
  triggerPipeline,
  untilPipelineIsOver,
} from '../support/scenario.ts';

const CONFIG = `
make:
  script:
    - echo "ssh=$GIT_SSH_COMMAND preload=$LD_PRELOAD bash=$BASH_ENV"
    - /bin/true
    - bash -c 'echo inner shell'
    - echo made > made.txt
  artifacts: {untracked: true}
take:
  stage: deploy
  variables: {GIT_STRATEGY: clone}
  script:
    - cat made.txt
`;

/** The log's part between the marks of one section. */
const section = (trace: string, name: string): string => {
  const found = new RegExp(String.raw`section_start:\d+:${name}\r(.*?)section_end:\d+:${name}\r`, 's').exec(trace);
  if (found?.[1] === undefined) throw new Error(`no section ${name}`);
  return found[1];
};

describe('variables that would take over programs', () => {
  let server: PenstockProcess;
  let rest: RestClient;
  let folder: string;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
    folder = temporaryFolder('hostile');
    chmodSync(folder, 0o711);
  });

  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("reach the job's shell, but neither git nor what carries artifacts", async () => {
    const witness = join(folder, 'witness');
    const evil = join(folder, 'evil');
    writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${witness}\nexit 1\n`, { mode: 0o755 });
    const project = await makeProject(rest, 'hostile', { '.gitlab-ci.yml': CONFIG, 'file.txt': 'x\n' });
    const pipeline = await triggerPipeline(rest, project, await makeTriggerToken(rest, project), {
      LD_PRELOAD: '/nowhere/evil.so',
      BASH_ENV: '/nowhere/bash-env',
      GIT_SSH_COMMAND: evil,
      GIT_SSH: evil,
      GIT_ASKPASS: evil,
      GIT_EXEC_PATH: folder,
      GIT_DIR: folder,
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: evil,
      GIT_CONFIG_KEY_1: 'core.hooksPath',
      GIT_CONFIG_VALUE_1: folder,
      GIT_TRACE: '1',
      NODE_OPTIONS: `--require ${evil}`,
      HOME: folder,
    });
    expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
    const make = await traceOf(rest, project, (await jobNamed(rest, project, pipeline, 'make')).id);
    const script = section(make, 'step_script');
    expect(script).toContain(`ssh=${evil} preload=/nowhere/evil.so bash=/nowhere/bash-env`);
    // The loader and the inner shell complain: the values are really there.
    expect(script).toMatch(/\/nowhere\/evil\.so.*cannot be preloaded/);
    expect(script).toContain('/nowhere/bash-env');
    for (const name of ['get_sources', 'upload_artifacts_on_success']) {
      expect(section(make, name)).not.toMatch(/evil|trace: |preload/);
    }
    const take = await traceOf(rest, project, (await jobNamed(rest, project, pipeline, 'take')).id);
    expect(section(take, 'step_script')).toContain('made\n');
    for (const name of ['get_sources', 'download_artifacts']) {
      expect(section(take, name)).not.toMatch(/evil|trace: |preload/);
    }
    expect(existsSync(witness)).toBe(false);
  });
});
