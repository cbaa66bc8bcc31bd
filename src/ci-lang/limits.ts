/** GitLab's numbers, in one place. */
export const LIMITS = {
  /** Files that one pipeline may include, nested ones counted. */
  includes: 150,
  /** Characters of all files of a configuration together. */
  configurationCharacters: 314_572_800,
  /** Remote files that are fetched at the same time. */
  parallelFetches: 4,
  /** Seconds: how long `include:cache` keeps a file when it says no more than true, and the least that it may say. */
  includeCacheSeconds: 3600,
  leastIncludeCacheSeconds: 60,
  /** A job, and ten ancestors by `extends`. */
  extendsAncestors: 10,
  /** Arrays inside arrays, for scripts, rules and stages. */
  nestedArrays: 10,
  jobNameLength: 255,
  needsPerJob: 50,
  needNameLength: 255,
  /** `needs` of jobs of other pipelines; those of other projects count apart. */
  crossDependencies: 5,
  /** Items of `trigger:include`. */
  triggerIncludes: 3,
  tags: 50,
  /** Patterns of one `changes` or `exists`. */
  rulePatterns: 50,
  /** Characters of a `regexp` of `changes` or `exists`, after expansion. */
  ruleRegexpLength: 255,
  workflowNameLength: 255,
  environmentUrlLength: 255,
  kubernetesNamespaceLength: 63,
  fluxPathLength: 255,
  resourceGroupLength: 255,
  exposeAsLength: 100,
  /** Of one job. */
  caches: 4,
  cacheKeyFiles: 2,
  cacheFallbackKeys: 5,
  /** Seconds: one month. */
  timeoutSeconds: 2_629_746,
  /** Seconds: one week. */
  startInSeconds: 604_800,
  retries: 2,
  parallelJobs: 200,
  /** Our own: jobs of a pipeline, and their needs and dependencies together, once `parallel` is written out. */
  pipelineJobs: 20_000,
  pipelineNeeds: 500_000,
  /** Values that `options` of one input, or of one of its rules, may name. */
  inputOptions: 50,
  /** `inputs` of one job. */
  jobInputs: 50,
  specDescriptionLength: 256,
  /** Errors of one file's inputs that a message names. */
  shownInputErrors: 3,
  /** Different `$[[ ]]` blocks of one file. */
  interpolationBlocks: 10_000,
  /** Keys, values, lists and maps of a file with a header. */
  interpolationNodes: 500_000,
  /** Bytes of one text in a file with a header. */
  interpolationTextBytes: 1024 * 1024,
  /** Of one block. */
  interpolationFunctions: 3,
  /** Parts between the dots of one block; the last one takes the rest. */
  accessParts: 5,
  accessBytes: 1024,
  /** Indices in a row: `[0][1]`. */
  accessIndices: 5,
  /** Our own: nodes that a configuration may have once every alias, `extends` and `!reference` is written out. */
  expandedNodes: 1_000_000,
  /** Our own: characters that the blocks of one file may put in or hand to functions. */
  interpolatedCharacters: 32 * 1024 * 1024,
  /** Our own: comparisons of paths with patterns in all rules of one pipeline; above it a rule counts as matched. */
  pipelineComparisons: 10_000_000,
  /** Our own: different globs and `files_commits` in the cache keys of one pipeline; each is looked for on its own. */
  cacheKeySearches: 200,
  /** Our own: comparisons of paths with those globs; a path that matches counts five times, for what follows from it. */
  cacheKeyComparisons: 2_000_000,
  /** Our own: characters of variables after expansion, of all jobs of one pipeline together. */
  expandedCharacters: 64 * 1024 * 1024,
  /** Our own: characters of the errors of jobs after which no further job is looked at. */
  errorCharacters: 1_000_000,
  /** Our own: characters of what a trace keeps of rules; of the jobs after it the outcome is kept. */
  traceCharacters: 4 * 1024 * 1024,
  /** Our own: steps of a regular expression's program, with its repetitions written out. */
  regexSteps: 2_500,
  /** Our own: steps of all regular expressions that one compilation has compiled. */
  allRegexSteps: 500_000,
  /** Our own: characters of the merged configuration that lint shows. */
  mergedYamlCharacters: 16 * 1024 * 1024,
  /** Our own: characters of all jobs of one pipeline, written as JSON. */
  compiledCharacters: 64 * 1024 * 1024,
} as const;
