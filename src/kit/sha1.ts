const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The constant of each twenty rounds, and what they make of three words. */
const PHASES: readonly (readonly [number, (b: number, c: number, d: number) => number])[] = [
  [0x5a827999, (b, c, d) => (b & c) | (~b & d)],
  [0x6ed9eba1, (b, c, d) => b ^ c ^ d],
  [0x8f1bbcdc, (b, c, d) => (b & c) | (b & d) | (c & d)],
  [0xca62c1d6, (b, c, d) => b ^ c ^ d],
];

/** The text as big-endian words: a one bit behind it, zeros up to a whole block, and its length in bits. */
const padded = (text: string): Uint32Array => {
  const words = new Uint32Array((((text.length + 8) >> 6) + 1) * 16);
  const put = (at: number, byte: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - (at % 4) * 8));
  };
  for (let at = 0; at < text.length; at++) put(at, text.charCodeAt(at));
  put(text.length, 0x80);
  words[words.length - 2] = Math.floor(text.length / 2 ** 29);
  words[words.length - 1] = text.length << 3;
  return words;
};

/** The SHA-1 of an ASCII text as 40 hexadecimal digits: for names that others make in the same way, never for secrets. */
export const sha1Of = (text: string): string => {
  const words = padded(text);
  const schedule = new Int32Array(80);
  let state: readonly [number, number, number, number, number] = [
    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
  ];
  for (let start = 0; start < words.length; start += 16) {
    let [a, b, c, d, e] = state;
    for (let round = 0; round < 80; round++) {
      const earlier = (back: number): number => schedule[round - back] ?? 0;
      const word =
        round < 16 ? (words[start + round] ?? 0) : rotate(earlier(3) ^ earlier(8) ^ earlier(14) ^ earlier(16), 1);
      schedule[round] = word;
      const [constant, mix] = PHASES[Math.floor(round / 20)] ?? [0, () => 0];
      const next = (rotate(a, 5) + mix(b, c, d) + e + constant + word) | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
    const [v, w, x, y, z] = state;
    state = [(v + a) | 0, (w + b) | 0, (x + c) | 0, (y + d) | 0, (z + e) | 0];
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
};
