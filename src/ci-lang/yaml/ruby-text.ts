/** A float as Ruby's `to_s` writes it: `1.0`, `1.0e+20`, `1.0e-05`, `Infinity`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits.includes('.') ? digits : `${digits}.0`}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;
  }
  const plain = value.toString();
  return plain.includes('.') ? plain : `${plain}.0`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\f', '\\f'],
  ['\v', '\\v'],
  ['\b', '\\b'],
  ['\x07', '\\a'],
  ['\x1b', '\\e'],
]);

/** A text as Ruby's `inspect` writes it, for GitLab's messages: `"a"`. */
export function inspectText(text: string): string {
  const body = text
    .replace(/["\\\p{Cc}]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return ESCAPES.get(character) ?? (code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
    })
    .replace(/#(?=[{$@])/g, '\\#');
  return `"${body}"`;
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
