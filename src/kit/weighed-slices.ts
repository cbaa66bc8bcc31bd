/**
 * The list in pieces of at most that many elements and that much weight, in order; what is heavier by itself stands alone.
 * None for an empty list. Pure.
 */
export const weighedSlices = <Element>(
  all: readonly Element[],
  most: { readonly size: number; readonly weight: number },
  weigh: (element: Element) => number,
): readonly (readonly Element[])[] => {
  const slices: Element[][] = [];
  let weight = 0;
  for (const element of all) {
    const slice = slices.at(-1);
    const own = weigh(element);
    if (slice === undefined || slice.length === most.size || weight + own > most.weight) {
      slices.push([element]);
      weight = own;
    } else {
      slice.push(element);
      weight += own;
    }
  }
  return slices;
};
