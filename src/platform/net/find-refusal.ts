import { readUrl } from './check-request.ts';
import { checkTarget, type TargetRules, Unresolvable } from './check-target.ts';
import { Refusal } from './outcome.ts';

/**
 * Why a request to this address would be refused now: a sentence without a full stop. Undefined: it would not, or its name
 * cannot be resolved now and may be when the request is made. Nothing is sent.
 */
export const findRefusal = async (address: string, rules: TargetRules): Promise<string | undefined> => {
  try {
    await checkTarget(readUrl(address), rules);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error instanceof Unresolvable ? undefined : error.message;
  }
};
