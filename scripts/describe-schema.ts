/** What a description needs of a connection: rows of text. */
export type ReadRows = (
  statement: string,
) => Promise<readonly { readonly owner: string; readonly line: string; readonly kind: string }[]>;

const OURS = `n.nspname = 'public' AND c.relname NOT LIKE 'schema_migrations%'`;

// One row a line: the thing it belongs to, what kind of line it is (its place in the description), and the line itself.
const LINES: readonly string[] = [
  `SELECT c.relname AS owner, '1' AS kind,
     format('%s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
       CASE WHEN a.attidentity <> '' THEN ' identity'
            WHEN a.attgenerated <> '' THEN ' generated ' || pg_get_expr(d.adbin, d.adrelid)
            WHEN d.adbin IS NOT NULL THEN ' default ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END) AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped`,
  // From PostgreSQL 18 on NOT NULL is a constraint too; the column's line says it already.
  `SELECT c.relname AS owner, '2' AS kind, format('constraint %s %s', k.conname, pg_get_constraintdef(k.oid)) AS line
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND k.contype <> 'n'`,
  `SELECT c.relname AS owner, '3' AS kind, pg_get_indexdef(i.indexrelid) AS line
   FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)`,
  `SELECT c.relname AS owner, '4' AS kind, pg_get_triggerdef(t.oid) AS line
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND NOT t.tgisinternal`,
  `SELECT c.relname AS owner, '5' AS kind, 'view ' || pg_get_viewdef(c.oid) AS line
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND c.relkind IN ('v', 'm')`,
  `SELECT c.relname AS owner, '6' AS kind, format('sequence %s increment %s', s.seqtypid::regtype, s.seqincrement) AS line
   FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))`,
  `SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS owner, '7' AS kind,
     pg_get_functiondef(p.oid) AS line
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'`,
  `SELECT 'type ' || t.typname AS owner, '8' AS kind,
     CASE t.typtype WHEN 'd' THEN 'domain ' || format_type(t.typbasetype, t.typtypmod)
       ELSE 'enum ' || (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) END AS line
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typtype IN ('e', 'd')`,
  `SELECT 'extension ' || extname AS owner, '9' AS kind, 'installed' AS line FROM pg_extension WHERE extname <> 'plpgsql'`,
];

const byKindThenLine = (a: { kind: string; line: string }, b: { kind: string; line: string }): number =>
  a.kind === b.kind ? Number(a.line > b.line) - Number(a.line < b.line) : Number(a.kind > b.kind) * 2 - 1;

/**
 * The schema as readable text, from the catalogue: each table with its columns, constraints, indexes and triggers,
 * all sorted by name, the same on every PostgreSQL from 15 on. (No `pg_dump` comes with the embedded server.)
 */
export const describeSchema = async (read: ReadRows): Promise<string> => {
  const rows = [];
  for (const statement of LINES) rows.push(...(await read(statement)));
  const sections = Map.groupBy(rows, ({ owner }) => owner);
  return [...sections.keys()]
    .toSorted()
    .map((owner) => {
      const lines = (sections.get(owner) ?? []).toSorted(byKindThenLine);
      return `${owner}\n${lines.map(({ line }) => `  ${line.trimEnd().replaceAll('\n', '\n  ')}\n`).join('')}`;
    })
    .join('\n');
};
