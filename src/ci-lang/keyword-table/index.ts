/** The keywords as data, for editors. A face of its own: a command that only compiles does not load it. */

export { jsonSchema } from './json-schema.ts';
export { KEYWORD_TABLE } from './keyword-table.ts';
