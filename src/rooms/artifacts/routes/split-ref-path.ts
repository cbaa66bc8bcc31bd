/** A way to read the end of `…/jobs/artifacts/…`: the archive of a ref, or one file of it. */
export interface RefPath {
  readonly ref: string;
  /** Undefined: the whole archive. */
  readonly path: string | undefined;
}

/** Ways that are tried; more only cost time. */
const MOST = 8;

/**
 * `<ref>/download` and `<ref>/raw/<path>`, where both ref and path may have slashes (and even `/raw/`): all ways to read it,
 * in GitLab's order, longest ref first.
 */
export function splitRefPath(rest: string): readonly RefPath[] {
  const ways: RefPath[] = [];
  const ref = /^(.+)\/download$/s.exec(rest)?.[1];
  if (ref !== undefined) ways.push({ ref, path: undefined });
  for (let at = rest.lastIndexOf('/raw/'); at > 0; at = rest.lastIndexOf('/raw/', at - 1)) {
    const path = rest.slice(at + '/raw/'.length);
    if (path !== '') ways.push({ ref: rest.slice(0, at), path });
  }
  return ways.slice(0, MOST);
}
