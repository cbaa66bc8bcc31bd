/** Attribute → sentences: GitLab's body of a failed model validation. */
export type AttributeErrors = Readonly<Record<string, readonly string[]>>;
