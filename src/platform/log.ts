import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const HIDDEN = '[FILTERED]';

/** Names of fields and parameters whose value is a secret, whatever it looks like. */
const SECRET_NAME =
  /(?:token|password|passwd|secret|authorization|cookie|private[_-]?key|api[_-]?key|csrf|csrf[_-]?token|credentials?)$/i;
/** Tokens of GitLab's make, also in the middle of a text. */
const TOKEN_TEXT = /\bgl(?:pat|ptt|cbt|rt|rtr|dt|ft|soat|imt|agent)-[A-Za-z0-9_.-]+/g;
/** `name=value` of a query or a form; user and password of a URL; an Authorization header. */
const QUERY_SECRET =
  /([?&;\s"'](?:private_token|access_token|job_token|token|password|secret|csrf_token)(?:=|%3D))[^&\s"'\\]+/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:"\\]*:)[^\s/@"\\]+@/gi;
const AUTHORIZATION = /\b(Bearer|Basic)\s+[A-Za-z0-9+/=_.~-]+/gi;

/** Takes secrets out of a text: tokens by their prefix, secret query parameters, passwords in URLs, Authorization values. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(TOKEN_TEXT, HIDDEN)
    .replace(QUERY_SECRET, `$1${HIDDEN}`)
    .replace(URL_PASSWORD, `$1${HIDDEN}@`)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`);

const MAX_DEPTH = 8;

const hideFields = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Error) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => hideFields(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_NAME.test(name) && item !== null && item !== undefined ? HIDDEN : hideFields(item, depth + 1),
    ]),
  );
};

const hideIn = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, item]) => [name, SECRET_NAME.test(name) ? HIDDEN : hideFields(item, 1)]),
  );

/**
 * The log: JSON lines. No secret passes: fields with a secret's name are blanked at any depth, and every finished line
 * (message, error and stack included) is searched for tokens, passwords in URLs and credentials.
 */
export const createLogger = (
  options: { readonly level?: string; readonly name?: string } = {},
  destination?: DestinationStream,
): Logger =>
  pino(
    {
      level: options.level ?? 'info',
      base: options.name === undefined ? null : { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: hideIn },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
