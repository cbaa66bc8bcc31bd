/** Text as Ruby's `inspect` writes it: in double quotes, with the escapes of both languages' common ground. */
const inspectText = (text: string): string => JSON.stringify(text).replaceAll('#{', '\\#{');

/**
 * Attribute → sentences as Ruby prints a hash, `{:path=>["has already been taken"]}`: some of GitLab's routes put it into
 * the middle of a sentence.
 */
export const inspectHash = (hash: Readonly<Record<string, readonly string[]>>): string => {
  const pairs = Object.entries(hash).map(([key, texts]) => {
    const name = /^[a-z_]\w*$/i.test(key) ? key : inspectText(key);
    return `:${name}=>[${texts.map(inspectText).join(', ')}]`;
  });
  return `{${pairs.join(', ')}}`;
};
