export interface FilledUrl {
  /** Without user and password. */
  readonly url: string;
  /** `Basic …`, from the user and password of the address; undefined: none. */
  readonly authorization: string | undefined;
  /** The password as it stands in the address and as it is meant: secrets, for whoever hides them. */
  readonly passwords: readonly string[];
}

const VARIABLE = /\{([A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*)\}/g;
/** From the scheme to the last `@` before path, query and fragment. */
const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#\\]*)@/i;

/**
 * Puts the variables into the address of a hook as they are, and its user and password into a header. A variable without a
 * value stays as it stands. Whether the outcome is an address at all is seen when it is asked. Pure.
 */
export const fillUrl = (template: string, variables: Readonly<Record<string, string>>): FilledUrl => {
  const filled = template.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole,
  );
  const info = USER_INFO.exec(filled);
  if (info === null) return { url: filled, authorization: undefined, passwords: [] };
  const [whole, scheme = '', credentials = ''] = info;
  const colon = credentials.indexOf(':');
  const user = colon === -1 ? credentials : credentials.slice(0, colon);
  const password = colon === -1 ? '' : credentials.slice(colon + 1);
  return {
    url: `${scheme}${filled.slice(whole.length)}`,
    authorization: `Basic ${Buffer.from(`${decoded(user)}:${decoded(password)}`, 'utf8').toString('base64')}`,
    passwords: [password, decoded(password)],
  };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
