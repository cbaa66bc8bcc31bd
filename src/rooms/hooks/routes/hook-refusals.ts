import { Halt, json } from '../../../http/index.ts';
import { BadHook } from '../change-hook.ts';

const OWN_SENTENCES: readonly (readonly [attribute: string, created: string, updated: string])[] = [
  ['url', 'Invalid url given', 'Invalid url given'],
  ['push_events_branch_filter', 'Invalid branch filter given', 'Invalid branch filter given'],
  ['custom_headers', 'Custom headers must be a valid json schema', 'Custom headers validation failed'],
];

/** `custom_webhook_template` → `Custom webhook template`; a sentence of its own stays alone. */
const fullMessage = (attribute: string, sentence: string): string => {
  if (/^[A-Z]/.test(sentence)) return sentence;
  const words = attribute.replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)} ${sentence}`;
};

const inOneSentence = (sentences: readonly string[]): string => {
  const last = sentences.at(-1) ?? '';
  const others = sentences.slice(0, -1);
  if (others.length === 0) return last;
  return `${others.join(', ')}${others.length > 1 ? ',' : ''} and ${last}`;
};

const answerTo = ({ faults }: BadHook, verb: 'create' | 'update'): Halt => {
  for (const [attribute, created, updated] of OWN_SENTENCES) {
    const fault = faults.find((one) => one.attribute === attribute);
    if (fault === undefined) continue;
    const error = verb === 'create' ? created : updated;
    return new Halt(json(422, { error, hint: fullMessage(attribute, fault.sentence) }));
  }
  if (verb === 'create') {
    const error = inOneSentence(faults.map(({ attribute, sentence }) => fullMessage(attribute, sentence)));
    return new Halt(json(422, { error }));
  }
  const byAttribute = Map.groupBy(faults, ({ attribute }) => attribute);
  const message = Object.fromEntries(
    [...byAttribute].map(([attribute, all]) => [attribute, all.map(({ sentence }) => sentence)]),
  );
  return new Halt(json(422, { message }));
};

/** Runs a change of a hook; what is wrong with it becomes GitLab's 422, with the reason in `hint` where GitLab hides it. */
export const orRefuse = async <Result>(verb: 'create' | 'update', change: () => Promise<Result>): Promise<Result> => {
  try {
    return await change();
  } catch (error) {
    throw error instanceof BadHook ? answerTo(error, verb) : error;
  }
};

/** The same for a single variable or header. */
export const orRefusePair = async <Result>(sentence: string, change: () => Promise<Result>): Promise<Result> => {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof BadHook)) throw error;
    const [fault] = error.faults;
    throw new Halt(
      json(422, { error: sentence, ...(fault && { hint: fullMessage(fault.attribute, fault.sentence) }) }),
    );
  }
};
