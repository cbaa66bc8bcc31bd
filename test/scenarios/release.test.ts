import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import { jobNamed, makeProject, traceOf, untilPipelineIsOver } from '../support/scenario.ts';

const CONFIG = `
publish:
  rules: [{if: $CI_COMMIT_TAG =~ /^v/}]
  script: ['printf "# News\\n\\nAll \\$HOME, \\"quoted\\".\\n" > notes.md']
  release:
    tag_name: $CI_COMMIT_TAG
    name: 'Version $CI_COMMIT_TAG'
    description: notes.md
    assets:
      links:
        - {name: 'the "app"', url: 'https://example.com/$CI_COMMIT_TAG/app', filepath: /bin/app, link_type: package}
again:
  rules: [{if: $CI_COMMIT_TAG =~ /^v/}]
  needs: [publish]
  script: exit 0
  allow_failure: true
  release: {tag_name: $CI_COMMIT_TAG, description: twice}
with-glab:
  rules: [{if: $CI_COMMIT_TAG =~ /^v/}]
  script:
    - mkdir tools
    - printf '#!/bin/sh\\nif [ "$1" = --version ]; then echo "glab 1.60.2 (abc)"; else printf "<%%s>" glab "$@"; echo; fi\\n' > tools/glab
    - chmod +x tools/glab
    - echo "PATH=$PWD/tools:$PATH" >> "$GITLAB_ENV"
  release: {tag_name: other, description: 'of $CI_COMMIT_TAG'}
`;

interface Release {
  readonly name: string;
  readonly description: string;
  readonly commit: { readonly id: string };
  readonly assets: { readonly links: readonly { readonly name: string; readonly url: string }[] };
  readonly author: { readonly username: string };
}

describe('`release:` on the embedded runner', { timeout: 90_000 }, () => {
  let server: PenstockProcess;
  let rest: RestClient;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
  });
  afterAll(() => server.dispose());

  it('makes the release of the tag, with what the script wrote; a second one fails its job', async () => {
    const project = await makeProject(rest, 'released', { '.gitlab-ci.yml': CONFIG });
    const tag = await rest.post(`/projects/${project}/repository/tags`, { tag_name: 'v1', ref: 'main' });
    expect(tag.status).toBe(201);
    const run = await rest.post<{ readonly id: number }>(`/projects/${project}/pipeline`, { ref: 'v1' });
    const pipeline = run.body.id;
    expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
    const { body: release } = await rest.get<Release>(`/projects/${project}/releases/v1`);
    expect(release).toMatchObject({
      name: 'Version v1',
      description: '# News\n\nAll $HOME, "quoted".\n',
      author: { username: 'root' },
      assets: { links: [{ name: 'the "app"', url: 'https://example.com/v1/app', link_type: 'package' }] },
    });
    const log = async (name: string): Promise<string> =>
      traceOf(rest, project, (await jobNamed(rest, project, pipeline, name)).id);
    expect(await log('publish')).toContain('The release of v1 is made.');
    expect((await jobNamed(rest, project, pipeline, 'again')).status).toBe('failed');
    expect(await log('again')).toContain('Release already exists');
    const glab = await log('with-glab');
    expect(glab).toContain('<glab><auth><login><--job-token><[MASKED]>');
    expect(glab).toContain(
      '<glab><release><create><-R><root/released><other><--experimental-notes-text-or-file><of v1><--ref>',
    );
  });
});
