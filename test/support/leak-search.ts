import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Something that must be nowhere but where it was shown, under a name that may be printed. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

interface Needle {
  readonly name: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Base64 has three spellings of one text, by how many bytes come before it; what the neighbours touch is left out. */
const base64Forms = (value: Buffer): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), value])
      .toString('base64')
      .replace(/=+$/u, '');
    const whole = value.length + before;
    return encoded.slice(before === 0 ? 0 : before + 1, whole % 3 === 0 ? undefined : -1);
  });

const needlesOf = ({ name, value }: Secret): readonly Needle[] => {
  const bytes = Buffer.from(value);
  const forms: readonly (readonly [form: string, text: string])[] = [
    ['plain', value],
    ['URL', encodeURIComponent(value)],
    ['hex', bytes.toString('hex')],
    ...base64Forms(bytes).map((text) => ['base64', text] as const),
  ];
  const seen = new Map(forms.toReversed().map(([form, text]) => [text, form]));
  return [...seen].map(([text, form]) => ({ name, form, bytes: Buffer.from(text) }));
};

/** Looks for secrets, plain, URL-encoded, in hex and in base64. What it answers holds none of them. */
export class LeakSearch {
  readonly #needles: readonly Needle[];

  constructor(secrets: readonly Secret[]) {
    for (const { name, value } of secrets) {
      if (value.length < 8) throw new Error(`${name} is too short to be looked for`);
    }
    this.#needles = secrets.flatMap(needlesOf);
  }

  /** `<secret> (<form>) in <place>`, a line a find. */
  inBytes(place: string, bytes: Buffer): readonly string[] {
    return this.#needles
      .filter((needle) => bytes.includes(needle.bytes))
      .map(({ name, form }) => `${name} (${form}) in ${place}`);
  }

  inText(place: string, text: string): readonly string[] {
    return this.inBytes(place, Buffer.from(text));
  }

  /** Every file below the folder, and its name. */
  inFolder(folder: string): readonly string[] {
    return filesBelow(folder).flatMap((path) => {
      const place = relative(folder, path);
      return [...this.inText(`the name of a file`, place), ...this.inBytes(place, readFileSync(path))];
    });
  }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && statSync(path).size > 0 ? [path] : [];
  });
