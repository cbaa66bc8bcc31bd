import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DecisionTrace, outcomesOf } from '../../../ci-lang/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { Reason } from './reason.ts';

/** What is kept of the way to a pipeline or to a refusal. */
export interface Explanation {
  /** Why there is no (running) pipeline; empty for one that was created. */
  readonly reasons: readonly Reason[];
  /** Absent: nothing was compiled. */
  readonly trace?: DecisionTrace;
  /** The rules' details were left out, as they were too long to keep. */
  readonly shortened?: true;
}

/** Where the vault's seal of an explanation belongs. */
export type ExplanationPlace = 'pipeline_explanations.explanation' | 'pipeline_refusals.explanation';

/** Characters of JSON; a file made to be long must not fill the database. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Compressed outside of any transaction: it may take some milliseconds. */
export const sealExplanation = (vault: Vault, explanation: Explanation, place: ExplanationPlace): Promise<Buffer> =>
  sealExplanationText(vault, explanationText(explanation), place);

/** What is sealed. Equal explanations have the same. */
export const explanationText = (explanation: Explanation): string => {
  const whole = JSON.stringify(explanation);
  return whole.length <= MOST_CHARACTERS ? whole : JSON.stringify(shortened(explanation));
};

/** `text`: of `explanationText`. */
export const sealExplanationText = async (vault: Vault, text: string, place: ExplanationPlace): Promise<Buffer> =>
  vault.seal((await compress(text)).toString('base64'), place);

export async function openExplanation(vault: Vault, sealed: Uint8Array, place: ExplanationPlace): Promise<Explanation> {
  const bytes = Buffer.from(vault.open(sealed, place), 'base64');
  return JSON.parse((await decompress(bytes)).toString('utf8'));
}

/** Outcomes only. */
const shortened = ({ reasons, trace }: Explanation): Explanation => ({
  reasons: reasons.slice(0, 1000),
  ...(trace !== undefined && { trace: outcomesOf(trace) }),
  shortened: true,
});
