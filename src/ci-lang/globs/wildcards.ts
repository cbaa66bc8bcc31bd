import { RE2JS } from 're2js';

/**
 * Whether a path is one that the wildcards of `include:local` and `cache:key:files` stand for: `*` stops at slashes,
 * `**` does not, nothing else is special. In RE2, as many stars would take other engines long.
 */
export const compileWildcards = (text: string): ((path: string) => boolean) => {
  const start = text.slice(0, text.indexOf('*'));
  const end = text.slice(text.lastIndexOf('*') + 1);
  const source = text
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*?' : part === '*' ? '[^/]*?' : RE2JS.quote(part)))
    .join('');
  const pattern = RE2JS.compile(source);
  return (path) => path.startsWith(start) && path.endsWith(end) && pattern.matches(path);
};
