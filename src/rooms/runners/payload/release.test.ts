import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELL_FEATURES } from '../../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = `
publish:
  script: make
  after_script: [make clean]
  release:
    tag_name: $CI_COMMIT_TAG
    name: 'Version $CI_COMMIT_TAG'
    description: notes.md
    tag_message: Signed off
    milestones: [m1, m2]
    released_at: '2026-01-31T12:00:00Z'
    assets:
      links:
        - {name: 'the "app"', url: 'https://example.com/$CI_COMMIT_TAG', filepath: /bin/app, link_type: package}
        - {name: site, url: 'https://example.com'}
`;

const GLAB = [
  'glab release create -R $CI_PROJECT_PATH "$CI_COMMIT_TAG"',
  String.raw`--assets-links "[{\"name\":\"the \\\"app\\\"\",\"url\":\"https://example.com/$CI_COMMIT_TAG\",\"filepath\":\"/bin/app\",\"link_type\":\"package\"},{\"name\":\"site\",\"url\":\"https://example.com\"}]"`,
  '--milestone "m1,m2" --name "Version $CI_COMMIT_TAG" --experimental-notes-text-or-file "notes.md"',
  '--ref "$CI_COMMIT_SHA" --tag-message "Signed off" --released-at "2026-01-31T12:00:00Z" --no-update --no-close-milestone',
].join(' ');

const RELEASE_CLI = [
  'release-cli create --name "Version $CI_COMMIT_TAG" --description "notes.md" --tag-name "$CI_COMMIT_TAG"',
  '--tag-message "Signed off" --released-at "2026-01-31T12:00:00Z" --milestone "m1" --milestone "m2"',
  String.raw`--assets-link "{\"name\":\"the \\\"app\\\"\",\"url\":\"https://example.com/$CI_COMMIT_TAG\",\"filepath\":\"/bin/app\",\"link_type\":\"package\"}"`,
  String.raw`--assets-link "{\"name\":\"site\",\"url\":\"https://example.com\"}"`,
].join(' ');

describe('`release:` in the payload', () => {
  it('is a step between script and after_script, whose one command calls glab or release-cli', async () => {
    const { runner } = await app.scene(CONFIG);
    const { payload } = await runner.mustTake('publish');
    const [script, release, after] = payload.steps;
    expect([script?.name, after?.name]).toEqual(['script', 'after_script']);
    expect(release).toEqual({
      name: 'release',
      script: [expect.any(String)],
      timeout: script?.timeout,
      when: 'on_success',
      allow_failure: false,
    });
    const lines = (release?.script[0] ?? '').split('\n');
    expect(lines).toContain(`  ${GLAB}`);
    expect(lines.slice(lines.indexOf('else'))).toEqual(['else', `  ${RELEASE_CLI}`, 'fi', '']);
  });

  it('needs a runner that runs several steps', async () => {
    const features = SHELL_FEATURES.filter((name) => name !== 'multi_build_steps');
    const { runner, pipeline } = await app.scene(CONFIG, { features });
    expect(await runner.take()).toBeUndefined();
    expect((await pipeline.job('publish')).body).toMatchObject({
      status: 'failed',
      failure_reason: 'runner_unsupported',
    });
  });
});

describe('jobs of a tag that has a release', () => {
  it('know its name and description, which nobody replaces; others do not', async () => {
    const { project, runner } = await app.scene('a: {script: a, variables: {CI_RELEASE_NAME: mine}}\n');
    const first = await runner.mustTake();
    expect(first.variable('CI_RELEASE_NAME')).toBe('mine');
    expect(first.variable('CI_RELEASE_DESCRIPTION')).toBeUndefined();
    const description = `$HOME ${'x'.repeat(2000)}`;
    await project.tag('v1', (await project.headOf('main')) ?? '');
    (await project.call('POST', '/releases', { json: { tag_name: 'v1', name: 'One', description } })).must(201);
    await project.run({ ref: 'v1' });
    const second = await runner.mustTake();
    expect(second.variable('CI_RELEASE_NAME')).toBe('One');
    expect(second.variable('CI_RELEASE_DESCRIPTION')).toBe(description.slice(0, 1024));
  });
});
