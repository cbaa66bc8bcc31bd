const VERSION = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const PARTIAL = /^\d+(?:\.\d+)?$/;
const LATEST = '~latest';

type Numbers = readonly [major: number, minor: number, patch: number];

/** Undefined also for pre-releases: nobody gets one who does not name it. */
const releaseOf = (tag: string): Numbers | undefined => {
  const [, major, minor, patch, pre] = VERSION.exec(tag) ?? [];
  return major === undefined || pre !== undefined ? undefined : [Number(major), Number(minor), Number(patch)];
};

export const isSemanticVersion = (tag: string): boolean => VERSION.test(tag);

/**
 * The tag of the newest release for `~latest`, `1` or `1.2`. Undefined for every other version, and when no tag fits.
 */
export const newestVersion = async (
  version: string,
  listTags: () => Promise<readonly string[]>,
): Promise<string | undefined> => {
  if (version !== LATEST && !PARTIAL.test(version)) return undefined;
  const wanted = version === LATEST ? [] : version.split('.').map(Number);
  let newest: { readonly tag: string; readonly numbers: Numbers } | undefined;
  for (const tag of await listTags()) {
    const numbers = releaseOf(tag);
    if (numbers === undefined || wanted.some((number, index) => numbers[index] !== number)) continue;
    if (newest === undefined || isNewer(numbers, newest.numbers)) newest = { tag, numbers };
  }
  return newest?.tag;
};

const isNewer = (one: Numbers, other: Numbers): boolean => {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
};
