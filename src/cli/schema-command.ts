import { Command } from 'commander';
import { jsonSchema, KEYWORD_TABLE } from '../ci-lang/keyword-table/index.ts';
import { printOut } from './terminal.ts';

export const schemaCommand = (): Command =>
  new Command('schema').description('Print a JSON Schema of .gitlab-ci.yml, for editors.').action(() => {
    printOut(`${JSON.stringify(jsonSchema(KEYWORD_TABLE), undefined, 2)}\n`);
  });
