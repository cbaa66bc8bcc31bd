/**
 * English number words as Ruby's `numerizer` reads them, in the order of its replacements. A replaced number is marked
 * while neighbours may still join it ("two" + "hundred", "one hundred" + "and" + "five").
 */
const MARK = '<num>';

const SINGLES: readonly (readonly [string, number])[] = [
  ['one', 1],
  ['two', 2],
  ['three', 3],
  ['four', 4],
  ['five', 5],
  ['six', 6],
  ['seven', 7],
  ['eight', 8],
  ['nine', 9],
];

const TEENS: readonly (readonly [string, number])[] = [
  ['eleven', 11],
  ['twelve', 12],
  ['thirteen', 13],
  ['fourteen', 14],
  ['fifteen', 15],
  ['sixteen', 16],
  ['seventeen', 17],
  ['eighteen', 18],
  ['nineteen', 19],
  ['ninteen', 19],
  ['zero', 0],
  ['ten', 10],
];

const TENS: readonly (readonly [string, number])[] = [
  ['twenty', 20],
  ['thirty', 30],
  ['forty', 40],
  ['fourty', 40],
  ['fifty', 50],
  ['sixty', 60],
  ['seventy', 70],
  ['eighty', 80],
  ['ninety', 90],
];

const FRACTIONS: readonly (readonly [string, number])[] = [
  ['half', 2],
  ['thirds?', 3],
  ['fourths?', 4],
  ['quarters?', 4],
  ['fifths?', 5],
  ['sixths?', 6],
  ['sevenths?', 7],
  ['eighths?', 8],
  ['nineths?', 9],
];

const POWERS: readonly (readonly [string, bigint])[] = [
  ['hundred', 100n],
  ['thousand', 1000n],
  ['million', 1_000_000n],
  ['billion', 1_000_000_000n],
  ['trillion', 1_000_000_000_000n],
];

function replaceWord(text: string, word: string, value: string): string {
  return text.replace(new RegExp(`(^|\\W)${word}(?=$|\\W)`, 'g'), `$1${MARK}${value}`);
}

/** Joins marked numbers: "<num>100 and <num>5" and "<num>20 <num>5" become one. */
function joinNeighbours(text: string): string {
  const pair = /<num>(\d+)( | and )<num>(\d+)(?=\W|$)/g;
  let joined = text;
  for (let match = pair.exec(joined); match !== null; match = pair.exec(joined)) {
    const [whole, left = '', joiner = '', right = ''] = match;
    if (!joiner.includes('and') && left.length <= right.length) continue;
    const sum = BigInt(left) + BigInt(right);
    joined = `${joined.slice(0, match.index)}${MARK}${sum}${joined.slice(match.index + whole.length)}`;
    pair.lastIndex = 0;
  }
  return joined;
}

function replaceFractions(text: string): string {
  let replaced = text;
  for (const [word, divisor] of FRACTIONS) {
    replaced = replaced.replace(new RegExp(`a ${word}(?=$|\\W)`, 'g'), `${MARK}1/${divisor}`);
    replaced = replaced.replace(new RegExp(`\\s${word}(?=$|\\W)`, 'g'), `/${divisor}`);
  }
  return replaced.replace(
    /(\d+)(?: | and |-)+(?:<num>|\s)*(\d+)\s*\/\s*(\d+)/g,
    (_, whole: string, top: string, bottom: string) => {
      const sum = Number(whole) + Number(top) / Number(bottom);
      return Number.isInteger(sum) ? `${sum}.0` : String(sum);
    },
  );
}

/** Writes the number words of a lower-case English text as digits: "twenty five minutes" → "25 minutes". */
export function replaceNumberWords(text: string): string {
  let replaced = text.replace(/ +|([^\d])-([^\d])/g, '$1 $2');
  for (const [word, value] of [...TEENS, ...SINGLES]) replaced = replaceWord(replaced, word, String(value));
  for (const [tens, value] of TENS) {
    for (const [single, units] of SINGLES) replaced = replaceWord(replaced, tens + single, String(value + units));
    replaced = replaceWord(replaced, tens, String(value));
  }
  replaced = replaceFractions(replaced);
  for (const [word, power] of POWERS) {
    replaced = replaced.replace(new RegExp(`(?:<num>)?(\\d*) *${word}`, 'g'), (_, factor: string) =>
      factor === '' ? String(power) : `${MARK}${power * BigInt(factor)}`,
    );
    replaced = joinNeighbours(replaced);
  }
  return joinNeighbours(replaced).replaceAll(MARK, '');
}
