/**
 * The official runner decodes a job all or nothing: one wrong type and the job is lost. This is its decoder's view of
 * the body of `POST /jobs/request`, plus what would end a job badly although it can be decoded.
 */

/** Answers what is wrong with a value; nothing for a good one. */
type Check = (value: unknown, path: string) => readonly string[];

const that =
  (isGood: (value: unknown) => boolean, what: string): Check =>
  (value, path) =>
    isGood(value) ? [] : [`${path} is no ${what}: ${JSON.stringify(value)}`];

const text = that((value) => typeof value === 'string', 'text');
const whole = that(Number.isSafeInteger, 'whole number');
const seconds = that((value) => typeof value === 'number' && value >= 0, 'number of seconds');
const flag = that((value) => typeof value === 'boolean', 'boolean');
const matching = (pattern: RegExp): Check =>
  that((value) => pattern.test(String(value)), `text like ${pattern.source}`);
const oneOf = (...values: readonly string[]): Check =>
  that((value) => values.includes(String(value)), values.join(' or '));
const nothing = that((value) => value === null, 'null');

const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? [] : check(value, path);

const list =
  (item: Check, least = 0): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return [`${path} is no list: ${JSON.stringify(value)}`];
    if (value.length < least) return [`${path} has only ${value.length} elements`];
    return value.flatMap((element, index) => item(element, `${path}[${index}]`));
  };

/** Every field of `must`, any of `may`, no other. */
const shape =
  (must: Readonly<Record<string, Check>>, may: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
    const entries = new Map(Object.entries(value));
    const missing = Object.keys(must).filter((name) => !entries.has(name));
    return [
      ...missing.map((name) => `${path}.${name} is missing`),
      ...[...entries].flatMap(([name, field]) => {
        const check = must[name] ?? may[name];
        return check === undefined ? [`${path}.${name} is unknown`] : check(field, `${path}.${name}`);
      }),
    ];
  };

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const variable = shape({ key: text, value: text, public: flag, masked: flag }, { file: flag, raw: flag });

const image = shape(
  { name: text },
  {
    alias: text,
    command: orNull(list(text)),
    entrypoint: orNull(list(text)),
    pull_policy: orNull(list(oneOf('always', 'if-not-present', 'never'))),
    ports: list(nothing),
    variables: list(shape({ key: text, value: text })),
    executor_opts: shape(
      {},
      { docker: shape({}, { platform: text, user: text }), kubernetes: shape({}, { user: text }) },
    ),
  },
);

const when = oneOf('on_success', 'on_failure', 'always');

const artifact = shape(
  { artifact_type: text, artifact_format: oneOf('zip', 'gzip', 'raw'), when, paths: list(text) },
  { name: orNull(text), untracked: flag, exclude: list(text), expire_in: text },
);

const secret = shape(
  {
    vault: shape({
      server: shape({
        url: text,
        namespace: text,
        auth: shape({ name: text, path: text, data: shape({ jwt: text }, { role: text }) }),
      }),
      engine: shape({ name: text, path: text }),
      path: text,
      field: text,
    }),
  },
  { file: flag },
);

const secrets: Check = (value, path) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, one]) => secret(one, `${path}.${name}`))
    : [`${path} is no map`];

const payload = shape(
  {
    id: whole,
    token: matching(/^glcbt-[0-9a-f]+_[\w-]{20,}$/),
    allow_git_fetch: flag,
    job_info: shape(
      { name: text, stage: text, project_id: whole, project_name: text },
      {
        id: whole,
        pipeline_id: whole,
        project_full_path: text,
        namespace_id: whole,
        root_namespace_id: whole,
        organization_id: whole,
        instance_id: text,
        instance_uuid: text,
        user_id: whole,
        scoped_user_id: orNull(whole),
        time_in_queue_seconds: seconds,
        project_jobs_running_on_instance_runners_count: text,
        queue_size: whole,
        queue_depth: whole,
      },
    ),
    git_info: shape(
      {
        repo_url: matching(/^https?:\/\/gitlab-ci-token:glcbt-[^@]+@[^/]+\/.+\.git$/),
        ref: text,
        sha: matching(SHA),
        refspecs: list(matching(/^\+[^:\s]+:refs\/\S+$/), 1),
        depth: whole,
      },
      {
        repo_object_format: oneOf('sha1', 'sha256'),
        before_sha: matching(SHA),
        ref_type: oneOf('branch', 'tag'),
        protected: orNull(flag),
      },
    ),
    runner_info: shape({ timeout: whole }, { uuid: text, runner_session_url: orNull(text) }),
    variables: list(variable, 1),
    steps: list(
      shape(
        { name: text, script: list(text, 1) },
        { timeout: whole, when: oneOf('on_success', 'always'), allow_failure: flag },
      ),
      1,
    ),
    features: shape(
      { trace_sections: that((value) => value === true, 'true'), failure_reasons: list(text, 1) },
      { token_mask_prefixes: list(text) },
    ),
  },
  {
    hooks: list(shape({ name: oneOf('pre_get_sources_script', 'post_get_sources_script'), script: list(text, 1) })),
    image: orNull(image),
    services: list(image),
    artifacts: orNull(list(artifact)),
    cache: orNull(
      list(shape({ key: text, paths: list(text) }, { untracked: flag, policy: text, when, fallback_keys: list(text) })),
    ),
    credentials: orNull(list(shape({ type: text, url: text, username: text, password: text }))),
    secrets,
    dependencies: orNull(
      list(
        shape(
          { id: whole, name: text, token: text },
          { artifacts_file: orNull(shape({ filename: text, size: whole })) },
        ),
      ),
    ),
  },
);

/** Variables that the runner sets itself: coming from the server they would break it. */
const RUNNERS_OWN = /^CI_(?:PROJECT_DIR|BUILDS_DIR|JOB_STATUS|JOB_TIMEOUT|CONCURRENT_.*)$/;

const keysOf = (body: object): readonly string[] => {
  const variables: unknown = Object.getOwnPropertyDescriptor(body, 'variables')?.value;
  if (!Array.isArray(variables)) return [];
  return variables.map((one: unknown) =>
    String(typeof one === 'object' && one !== null ? Object.getOwnPropertyDescriptor(one, 'key')?.value : ''),
  );
};

/** What is wrong with the body of a 201 of `POST /jobs/request`; nothing when every runner understands it. */
export const payloadProblems = (body: unknown): readonly string[] => [
  ...payload(body, 'job'),
  ...(typeof body === 'object' && body !== null
    ? keysOf(body).flatMap((key) => (RUNNERS_OWN.test(key) ? [`the variable ${key} is the runner's own`] : []))
    : []),
];
