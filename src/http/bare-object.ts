/** An object without a prototype: every key, `__proto__` too, is a key like any other. */
export function bareObject<V>(): Record<string, V> {
  const object: Record<string, V> = {};
  Object.setPrototypeOf(object, null);
  return object;
}
