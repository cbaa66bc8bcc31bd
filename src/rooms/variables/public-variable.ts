import type { Variable } from '../../ci-lang/index.ts';

/** Bytes of UTF-8. Linux starts no command of which one variable, name and value, is longer than 131072. */
const MAX_BYTES = 100_000;
const MAX_BYTES_OF_UNIT = 3;

/** The text as far as a variable takes it: 100000 bytes, whole characters only. */
export const cutValue = (text: string): string => {
  if (text.length * MAX_BYTES_OF_UNIT <= MAX_BYTES) return text;
  const bytes = new TextEncoder().encode(text);
  return bytes.byteLength <= MAX_BYTES
    ? text
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, MAX_BYTES), { stream: true });
};

/** A predefined variable that everybody may see. Its value is cut, so that what somebody wrote elsewhere breaks no job. */
export const publicVariable = (key: string, value: string): Variable => ({
  key,
  value: cutValue(value),
  public: true,
  masked: false,
});

/** As many as a variable takes, with commas between them; none is cut in two. */
export const joinWhole = (parts: readonly string[]): string => {
  const all = parts.join(',');
  const cut = cutValue(all);
  return cut === all || all[cut.length] === ',' ? cut : cut.slice(0, Math.max(0, cut.lastIndexOf(',')));
};
