import { templateOf } from './openapi.ts';
import type { ParamSpec, ParamSpecs } from './param-spec.ts';
import type { Route } from './route.ts';

/** The routes for people: a chapter for the first words of the path, a section a route. */
export function apiMarkdown(routes: readonly Route[], intro: string): string {
  const sorted = routes.toSorted((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  const chapters = Map.groupBy(sorted, (route) => chapterOf(route.path));
  const sections = [...chapters].map(([name, all]) => `\n## ${name}\n${all.map((route) => sectionOf(route)).join('')}`);
  return `${intro}${sections.join('')}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** `/projects/:id/pipelines/…` belongs to `projects: pipelines`, `/users/:id` to `users`. */
function chapterOf(path: string): string {
  const [first = '', second = '', third] = path.slice(1).split('/');
  return third === undefined || !second.startsWith(':') ? first : `${first}: ${third.replace(/^[:*]/u, '')}`;
}

function sectionOf(route: Route): string {
  const rows = rowsOf(route.params);
  const table =
    rows.length === 0 ? '' : `\n| parameter | type | | |\n|---|---|---|---|\n${rows.map((row) => `${row}\n`).join('')}`;
  return `\n### ${route.method} ${templateOf(route.path)}\n\n${cell(route.summary)}\n\nWho may: ${cell(route.guardLabel)}.\n${table}`;
}

const rowsOf = (specs: ParamSpecs, nameOf: (name: string) => string = (name) => name): readonly string[] =>
  Object.entries(specs).flatMap(([name, spec]) => [rowOf(nameOf(name), spec), ...childRows(nameOf(name), spec)]);

function childRows(name: string, spec: ParamSpec<unknown>): readonly string[] {
  const prefix = spec.type === 'array' ? `${name}[]` : name;
  return spec.children === undefined ? [] : rowsOf(spec.children, (child) => `${prefix}[${child}]`);
}

function rowOf(name: string, spec: ParamSpec<unknown>): string {
  const facts = [
    ...(spec.required ? ['required'] : []),
    ...(spec.default === undefined || spec.default === null ? [] : [`default \`${literal(spec.default)}\``]),
    ...(spec.values === undefined ? [] : [`one of ${spec.values.map((value) => `\`${literal(value)}\``).join(', ')}`]),
    ...(spec.range?.min === undefined ? [] : [`from ${String(spec.range.min)}`]),
    ...(spec.range?.max === undefined ? [] : [`up to ${String(spec.range.max)}`]),
  ];
  return `| \`${name}\` | ${typeOf(spec)} | ${cell(facts.join('; '))} | ${cell(spec.description ?? '')} |`;
}

const typeOf = (spec: ParamSpec<unknown>): string => {
  if (spec.type !== 'array') return spec.type;
  if (spec.item !== undefined) return `array of ${spec.item.type}`;
  return spec.children === undefined ? 'array of string' : 'array of hash';
};

const literal = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
