/** A branch or tag that exists. */
export interface ResolvedRef {
  readonly kind: 'branch' | 'tag';
  /** Short name: `main`, `v1.0`. */
  readonly name: string;
  /** `refs/heads/main`, `refs/tags/v1.0`. */
  readonly fullRef: string;
  /** The commit it leads to (annotated tags are followed): 40 hexadecimal digits. */
  readonly sha: string;
}

/**
 * What became of a name. `'ambiguous'`: a short name that is both a branch and a tag (GitLab: `Ref is ambiguous`).
 * `'missing'`: no such branch or tag (`Reference not found`), also for names that git would refuse.
 */
export type RefResolution = ResolvedRef | 'ambiguous' | 'missing';
