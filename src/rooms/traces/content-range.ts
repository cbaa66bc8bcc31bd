/**
 * Offset of the first byte from `Content-Range: <first>-<last>` as gitlab-runner sends it: no unit, no total. The end is
 * not looked at: the body's length decides, as in GitLab. Undefined when it makes no sense.
 */
export function parseChunkStart(header: string): number | undefined {
  const match = /^\s*(?:bytes\s+)?(\d{1,15})-\d{0,15}(?:\/(?:\d{1,15}|\*))?\s*$/.exec(header);
  return match === null ? undefined : Number(match[1]);
}
