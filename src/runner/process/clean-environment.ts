/**
 * What a job's shell and the runner's own git get from the runner's environment; everything else stays out, because the
 * runner is started by a server whose environment holds secrets (DATABASE_URL, tokens). gitlab-runner passes all of it.
 */
const ALLOWED = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TERM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'XDG_RUNTIME_DIR',
]);

export type Environment = Readonly<Record<string, string>>;

/** @param fallbackHome used when HOME is unset or empty: git and many tools fail without one. */
export const cleanEnvironment = (from: NodeJS.ProcessEnv, fallbackHome: string): Environment => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || value === '') continue;
    if (ALLOWED.has(name.toUpperCase()) || name.startsWith('LC_')) kept[name] = value;
  }
  kept['HOME'] ??= fallbackHome;
  kept['PATH'] ??= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return kept;
};
