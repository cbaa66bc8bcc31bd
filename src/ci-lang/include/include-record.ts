/** An included file as lint lists it (`includes`). */
export interface IncludeRecord {
  readonly type: 'local' | 'file' | 'remote' | 'template' | 'component' | 'artifact';
  /** Masked values are hidden. */
  readonly location: string;
  /** The file's page and its text, where it has them. */
  readonly blob: string | null;
  readonly raw: string | null;
  /** What else the include says; plain JSON. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Whose file includes it: full path and commit; null below a remote file or a template. */
  readonly contextProject: string | null;
  readonly contextSha: string | null;
}
