/** Something to say about a configuration, with the place to look at. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** One sentence; for errors GitLab's text where it has one (`jobs:rspec:artifacts config contains unknown keys: foo`). */
  readonly message: string;
  /** How to mend it, for example ``Did you mean `script`?``. */
  readonly hint?: string;
  /** File as included, without a leading slash: `.gitlab-ci.yml`, `ci/build.yml`. */
  readonly file: string;
  /** 1-based; absent when the place is not known (a file that is missing). */
  readonly line?: number;
  readonly column?: number;
  /** Keyword path, for example `['jobs', 'rspec', 'artifacts']`. */
  readonly path: readonly string[];
}
