import { MaskFilter } from './mask-filter.ts';

/** Prefixes of GitLab's own tokens, masked in every log (gitlab-runner 19 with its default flags). */
const TOKEN_PREFIXES = [
  'glpat-',
  'gloas-',
  'gldt-',
  'glrt-',
  'glcbt-',
  'glrtr-',
  'glptt-',
  'glft-',
  'glimt-',
  'glagent-',
  'glsoat-',
  'glffct-',
  '_gitlab_session=',
  'gltok-',
];
/** gitlab-runner uses the 15 shortest; we keep all of its own and as many more as the server may reasonably send. */
const MOST_PREFIXES = 64;

const URL_PARAMETERS = [
  'private_token',
  'authenticity_token',
  'rss_token',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
];

const isTokenByte = (byte: number): boolean => /[A-Za-z0-9._=-]/.test(String.fromCharCode(byte));
/** Up to `?`, `&`, whitespace or a control character. */
const isParameterByte = (byte: number): boolean => byte > 0x20 && byte !== 0x3f && byte !== 0x26 && byte !== 0x7f;

/** As the value is, and as bash shows it in a trace. */
const spellings = (phrase: string): readonly string[] => [phrase, phrase.replaceAll("'", String.raw`'\''`)];

const toLatin1 = (phrase: string): string => Buffer.from(phrase, 'utf8').toString('latin1');

const phraseFilter = (phrases: readonly string[]): MaskFilter =>
  new MaskFilter({ literals: phrases.flatMap((phrase) => spellings(phrase.trim())).map(toLatin1) });

/**
 * What a job writes → what may be sent: secrets masked (phrases, then URL parameters, then token prefixes), and
 * invalid UTF-8 replaced by U+FFFD. Bytes in, bytes out; pieces that are not decided yet are held back until `flush`.
 */
export class LogFilters {
  #filters: readonly MaskFilter[];
  readonly #phrases: Set<string>;
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** @param phrases values of masked variables; surrounding whitespace is ignored. */
  constructor(phrases: readonly string[], tokenPrefixes: readonly string[]) {
    const prefixes = [...TOKEN_PREFIXES, ...tokenPrefixes].slice(0, MOST_PREFIXES);
    this.#phrases = new Set(phrases);
    this.#filters = [
      phraseFilter(phrases),
      new MaskFilter({
        literals: URL_PARAMETERS.flatMap((name) => [`?${name}=`, `&${name}=`]),
        ignoreCase: true,
        secretAfter: isParameterByte,
      }),
      new MaskFilter({ literals: prefixes.map(toLatin1), secretAfter: isTokenByte }),
    ];
  }

  /** Further values to mask. What was written before must have been flushed. */
  mask(phrases: readonly string[]): void {
    for (const phrase of phrases) this.#phrases.add(phrase);
    this.#filters = [phraseFilter([...this.#phrases]), ...this.#filters.slice(1)];
  }

  write(chunk: Buffer): Buffer {
    const masked = this.#filters.reduce((bytes, filter) => filter.write(bytes), chunk);
    return Buffer.from(this.#decoder.decode(masked, { stream: true }), 'utf8');
  }

  flush(): Buffer {
    let rest: Buffer = Buffer.alloc(0);
    for (const filter of this.#filters) rest = Buffer.concat([filter.write(rest), filter.flush()]);
    const text = this.#decoder.decode(rest);
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return Buffer.from(text, 'utf8');
  }
}
