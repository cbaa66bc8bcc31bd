import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const RELATIVE_IMPORT = /(?:from|import)\s*\(?\s*['"](\.\.?\/[^'"]+)['"]/g;

/**
 * Test files, relative to `root`, split by whether their imports reach `test/support/database.ts`: those that do
 * run once against each PostgreSQL, the others once. Found by reading, so that no list has to be kept.
 */
export const splitDatabaseTests = (
  root: string,
  patterns: readonly string[],
): { readonly plain: readonly string[]; readonly database: readonly string[] } => {
  const target = join(root, 'test/support/database.ts');
  const importsOf = new Map<string, readonly string[]>();
  const readImports = (file: string): readonly string[] => {
    const known = importsOf.get(file);
    if (known !== undefined) return known;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const found = [...text.matchAll(RELATIVE_IMPORT)].map(([, path = '']) => resolve(dirname(file), path));
    importsOf.set(file, found);
    return found;
  };
  const reaches = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (file === target) return true;
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...readImports(file));
    }
    return false;
  };
  const files = globSync([...patterns], { cwd: root, exclude: ['node_modules/**'] }).toSorted();
  const database = files.filter((file) => reaches(join(root, file)));
  return { database, plain: files.filter((file) => !database.includes(relative(root, join(root, file)))) };
};
