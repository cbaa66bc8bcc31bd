/**
 * Expands `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME-default}` in artifact and cache paths and names, as
 * gitlab-runner's helper does with the job's environment. Unknown names become empty; nothing is executed.
 */
export const shellExpand = (text: string, environment: ReadonlyMap<string, string>): string =>
  text.replace(
    /\\\$|\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (whole: string, braced?: string, operator?: string, fallback?: string, plain?: string): string => {
      if (whole === '\\$') return '$';
      const value = environment.get(braced ?? plain ?? '');
      if (operator === undefined) return value ?? '';
      const isAbsent = operator === ':-' ? value === undefined || value === '' : value === undefined;
      return isAbsent ? (fallback ?? '') : (value ?? '');
    },
  );
