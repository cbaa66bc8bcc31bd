/** The list in pieces of at most that many elements, in order; none for an empty one. */
export const slicesOf = <Element>(all: readonly Element[], size: number): readonly (readonly Element[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
