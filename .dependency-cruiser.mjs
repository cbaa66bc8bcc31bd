// The import rules of docs/architecture.md. `npm run check` runs them.

const TEST = String.raw`\.test\.ts$`;

/** What each folder may import besides itself: what lies below it. */
const BELOW = {
  kit: [],
  wire: ['kit'],
  'ci-lang': ['kit', 'wire'],
  engine: ['kit', 'wire'],
  platform: ['kit', 'wire'],
  events: ['kit', 'wire', 'platform'],
  http: ['kit', 'wire', 'platform'],
  rooms: ['kit', 'wire', 'platform', 'ci-lang', 'engine', 'events', 'http'],
  app: ['kit', 'wire', 'platform', 'ci-lang', 'engine', 'events', 'http', 'rooms', 'runner'],
  runner: ['kit', 'wire', 'platform'],
  cli: ['kit', 'wire', 'platform', 'ci-lang', 'engine', 'events', 'http', 'rooms', 'app', 'runner'],
};

/** Lowest first: a room uses lower rooms only. */
const LADDER = [
  'accounts',
  'groups',
  'projects',
  'repositories',
  'variables',
  'pipelines',
  'traces',
  'artifacts',
  'environments',
  'id-tokens',
  'runners',
  'merge-requests',
  'triggers',
  'schedules',
  'releases',
  'hooks',
];

const PURE = '^src/(kit|wire|ci-lang|engine)/';
const from = (path, also = {}) => ({ path, pathNot: TEST, ...also });
const rule = (name, comment, source, target) => ({ name, comment, severity: 'error', from: source, to: target });

const strata = Object.entries(BELOW).map(([folder, below]) =>
  rule(`stratum-${folder}`, `src/${folder} imports itself and what lies below it`, from(`^src/${folder}/`), {
    path: '^src/',
    pathNot: `^src/(${[folder, ...below].join('|')})/`,
  }),
);

const ladder = LADDER.map((room, step) =>
  rule(
    `ladder-${room}`,
    `rooms/${room} uses lower rooms only; a higher one hands its answer in through app`,
    from(`^src/rooms/${room}/`),
    { path: `^src/rooms/(${LADDER.slice(step + 1).join('|') || '(?!)'})/` },
  ),
);

export default {
  forbidden: [
    ...strata,
    ...ladder,
    rule(
      'known-folder',
      'a new folder under src/ gets its place in .dependency-cruiser.mjs',
      { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(BELOW).join('|')})/` },
      {},
    ),
    rule(
      'known-room',
      'a new room gets its step on the ladder in .dependency-cruiser.mjs',
      { path: '^src/rooms/', pathNot: `^src/rooms/(${LADDER.join('|')})/` },
      {},
    ),
    rule('face-of-room', 'a room is imported through its index.ts', from('^src/rooms/([^/]+)/'), {
      path: '^src/rooms/([^/]+)/',
      pathNot: '^src/rooms/($1/|[^/]+/index\\.ts$)',
    }),
    rule(
      'face-of-room-from-above',
      'a room is imported through its index.ts',
      from('^src/', { pathNot: [TEST, '^src/rooms/'] }),
      { path: '^src/rooms/', pathNot: '^src/rooms/[^/]+/index\\.ts$' },
    ),
    rule(
      'face-of-language-and-engine',
      'ci-lang and engine are imported through their index.ts; the keywords as data have their own',
      from('^src/(?!ci-lang/|engine/)'),
      { path: '^src/(ci-lang|engine)/', pathNot: '^src/(ci-lang|ci-lang/keyword-table|engine)/index\\.ts$' },
    ),
    rule('pure', 'kit, wire, ci-lang and engine know nothing of the machine', from(PURE), {
      dependencyTypes: ['core'],
    }),
    rule(
      'pure-libraries',
      'the pure folders know the parser and the regular expressions, no other library',
      from(PURE),
      { dependencyTypes: ['npm'], pathNot: '(^|/)node_modules/(js-yaml|re2js)/' },
    ),
    rule(
      'web-framework',
      'http is the only folder that knows the web framework',
      from('^src/', { pathNot: [TEST, '^src/http/'] }),
      { path: '(^|/)node_modules/(fastify|@fastify/[^/]+)/' },
    ),
    rule('no-cycle', 'no import leads back to its own file', {}, { circular: true }),
    rule(
      'no-orphan',
      'a file that nothing uses and that uses nothing',
      { orphan: true, pathNot: ['^src/main\\.ts$', '(^|/)[^/]*\\.config\\.ts$', '^scripts/lint/', '\\.d\\.ts$', TEST] },
      {},
    ),
    rule('nothing-from-tests', 'code imports no test, and src nothing of test/, scripts/ or bench/', from('^src/'), {
      path: ['^test/', '^scripts/', '^bench/', '^demo/'],
    }),
    rule('no-import-of-a-test', 'what two tests need stands in test/support', {}, { path: TEST }),
    rule('resolved', 'every import exists', {}, { couldNotResolve: true }),
    rule('declared', 'what src imports stands under dependencies', from('^src/'), {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
    }),
    rule(
      'said-by-name',
      'a name that says what the file is for',
      { path: '(^|/)(utils?|helpers?|common|misc|manager|service|base)(/|\\.tsx?$)' },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
