/** Who did something in a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 with milliseconds and the offset it was made with: `2012-05-28T04:42:42.000-07:00`. */
  readonly date: string;
  /** The same moment, in whole seconds since 1970. */
  readonly seconds: number;
}

/** A commit as git stores it. */
export interface Commit {
  /** 40 hexadecimal digits. */
  readonly sha: string;
  readonly treeSha: string;
  readonly parentShas: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  /** The whole message, its last line break included when there is one. */
  readonly message: string;
}

/** `1.5 -0700` → the moment in the offset it was written with. */
const toDate = (seconds: number, offset: string): string => {
  const minutes = (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5)));
  const local = Temporal.Instant.fromEpochMilliseconds((seconds + minutes * 60) * 1000).toString({
    fractionalSecondDigits: 3,
  });
  return `${local.slice(0, -1)}${offset.slice(0, 3)}:${offset.slice(3, 5)}`;
};

/** The end of the year 9999 in whatever offset: a date of five digits for the year is none that programs read. */
const MAX_SECONDS = 253_402_300_799 - 24 * 3600;

/** No place on Earth is farther from UTC than 14 hours; what is beyond a day is no offset of ISO 8601. */
const isOffset = (offset: string): boolean => Number(offset.slice(1, 3)) < 24 && Number(offset.slice(3)) < 60;

/** `A U Thor <a@example.com> 1700000000 +0100`; what is broken becomes empty, or the epoch. */
export const parseSignature = (text: string): Signature => {
  const open = text.indexOf('<');
  const close = text.lastIndexOf('>');
  const [, digits = '0', written = '+0000'] = /^ ?(\d{1,12}) ([+-]\d{4})/.exec(text.slice(close + 1)) ?? [];
  const seconds = Math.min(Number(digits), MAX_SECONDS);
  const offset = isOffset(written) ? written : '+0000';
  return {
    name: (open < 0 ? text : text.slice(0, open)).trim(),
    email: open < 0 || close < open ? '' : text.slice(open + 1, close),
    date: toDate(seconds, offset),
    seconds,
  };
};

/** Takes a commit object apart. Text that is not UTF-8 gets replacement characters. */
export const parseCommit = (sha: string, content: Uint8Array): Commit => {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  const end = text.indexOf('\n\n');
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n');
  const valuesOf = (name: string): readonly string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    sha,
    treeSha: valuesOf('tree')[0] ?? '',
    parentShas: valuesOf('parent'),
    author: parseSignature(valuesOf('author')[0] ?? ''),
    committer: parseSignature(valuesOf('committer')[0] ?? ''),
    message: end < 0 ? '' : text.slice(end + 2),
  };
};

/** The `Key: value` lines at the message's end, as `git interpret-trailers` finds them: all values of each key. */
export const trailersOf = (message: string): ReadonlyMap<string, readonly string[]> => {
  const paragraphs = message.trimEnd().split(/\n[ \t]*\n/);
  const found = new Map<string, string[]>();
  if (paragraphs.length < 2) return found;
  const lines = (paragraphs.at(-1) ?? '').split('\n');
  const pairs: [string, string][] = [];
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
    const last = pairs.at(-1);
    if (key !== undefined && value !== undefined) pairs.push([key, value.trimEnd()]);
    else if (last !== undefined && /^[ \t]/.test(line)) last[1] = `${last[1]} ${line.trim()}`;
    else return new Map();
  }
  for (const [key, value] of pairs) found.set(key, [...(found.get(key) ?? []), value]);
  return found;
};
