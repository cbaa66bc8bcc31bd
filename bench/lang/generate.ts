/** A configuration of a size, as a project with that many jobs would write it. */
export interface LangProject {
  readonly name: string;
  readonly jobs: number;
  /** By path; `.gitlab-ci.yml` is the project's own. */
  readonly files: ReadonlyMap<string, string>;
}

export const CONFIG = '.gitlab-ci.yml';

const HEAD = `stages: [build, test, deploy]

variables:
  REGISTRY: registry.example.com
  IMAGE: $REGISTRY/$CI_PROJECT_PATH

default:
  image: node:22
  interruptible: true
  retry: 1

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH

.rules:
  rules:
    - if: $CI_COMMIT_TAG
      when: never
    - if: $CI_COMMIT_BRANCH =~ /^(main|release\\/.*)$/
    - when: manual
      allow_failure: true

.base:
  before_script:
    - corepack enable
    - npm ci
  tags: [linux, docker]

.build:
  extends: .base
  stage: build
  script:
    - npm run build --workspace $COMPONENT
    - echo "$CI_COMMIT_SHA" > dist/revision
  artifacts:
    paths: [dist/]
    expire_in: 1 week

.test:
  extends: .base
  stage: test
  rules:
    - if: $CI_COMMIT_BRANCH && $SKIP_TESTS != "yes"
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - npm test --workspace $COMPONENT -- --shard $SHARD/3
  coverage: /Lines\\s*:\\s*(\\d+\\.?\\d*)%/
  artifacts:
    when: always
    reports: {junit: junit.xml}

.deploy:
  extends: .base
  stage: deploy
  rules: !reference [.rules, rules]
  script:
    - ./deploy.sh $COMPONENT "$IMAGE:$CI_COMMIT_SHORT_SHA"
`;

/** Every fifth job builds, three test it, one deploys it. A file of 2,000 jobs must stay within GitLab's 2 MiB of data. */
const jobText = (index: number): string => {
  const group = Math.floor(index / 5);
  const kind = index % 5;
  if (kind === 0) return `\nbuild ${group}:\n  extends: .build\n  variables: {COMPONENT: c-${group}}\n`;
  if (kind === 4) {
    const needs = `["build ${group}", "test ${group} 1"]`;
    return `\ndeploy ${group}:\n  extends: .deploy\n  needs: ${needs}\n  environment: live/c-${group}\n`;
  }
  const variables = `{COMPONENT: c-${group}, SHARD: "${kind}"}`;
  return `\ntest ${group} ${kind}:\n  extends: .test\n  needs: ["build ${group}"]\n  variables: ${variables}\n`;
};

export const projectOf = (jobs: number): LangProject => {
  const text = HEAD + Array.from({ length: jobs }, (_, index) => jobText(index)).join('');
  return { name: `${jobs} jobs`, jobs, files: new Map([[CONFIG, text]]) };
};

/** The same jobs in so many included files. */
export const projectOfIncludes = (includes: number, jobsEach: number): LangProject => {
  const paths = Array.from({ length: includes }, (_, index) => `ci/part-${index}.yml`);
  const part = (file: number): string =>
    Array.from({ length: jobsEach }, (_, index) => jobText(file * jobsEach + index)).join('');
  return {
    name: `${includes} includes`,
    jobs: includes * jobsEach,
    files: new Map([
      [CONFIG, `include:\n${paths.map((path) => `  - local: ${path}\n`).join('')}\n${HEAD}`],
      ...paths.map((path, index) => [path, part(index)] as const),
    ]),
  };
};
