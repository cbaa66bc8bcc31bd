import type { HookSettings } from './hook.ts';

/** `{name}`; other braces stand for themselves. */
const REFERENCE = /\{([A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*)\}/g;

/** The address of a hook with the values of its variables; undefined: one of them has none. Secret. Pure. */
export const fullAddress = ({ url, urlVariables }: Pick<HookSettings, 'url' | 'urlVariables'>): string | undefined => {
  const names = [...url.matchAll(REFERENCE)].map(([, name = '']) => name);
  if (!names.every((name) => Object.hasOwn(urlVariables, name))) return undefined;
  return url.replaceAll(REFERENCE, (_reference, name: string) => urlVariables[name] ?? '');
};
