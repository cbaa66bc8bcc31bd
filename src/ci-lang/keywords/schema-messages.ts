/**
 * Sentences of the library with which GitLab holds some values against a JSON schema. `pointer` is a JSON pointer from
 * the keyword's own value (`/0/name`); empty for that value itself.
 */
const at = (pointer: string): string => (pointer === '' ? 'root' : `\`${pointer}\``);

export const schemaMessages = {
  notOfType: (pointer: string, type: 'string' | 'boolean' | 'object' | 'array'): string =>
    `value at ${at(pointer)} is not ${type === 'object' || type === 'array' ? 'an' : 'a'} ${type}`,
  notOneOfTypes: (pointer: string, types: readonly string[]): string =>
    `value at ${at(pointer)} is not one of the types: ${types.join(', ')}`,
  missing: (pointer: string, names: readonly string[]): string =>
    `object at ${at(pointer)} is missing required properties: ${names.join(', ')}`,
  notAllowed: (pointer: string): string => `object property at ${at(pointer)} is a disallowed additional property`,
  tooShort: (pointer: string, least: number): string => `string length at ${at(pointer)} is less than: ${least}`,
  tooLong: (pointer: string, most: number): string => `string length at ${at(pointer)} is greater than: ${most}`,
  noMatch: (pointer: string, pattern: string): string => `string at ${at(pointer)} does not match pattern: ${pattern}`,
};
