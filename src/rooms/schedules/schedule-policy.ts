import { isAdmin } from '../accounts/index.ts';
import type { ProjectSubject, RefKind, SignedInActor } from '../projects/index.ts';
import { can } from '../projects/index.ts';
import type { Schedule, ScheduleInput } from './schedule.ts';
import type { ClockProblem } from './schedule-clock.ts';
import type { ScheduleTexts } from './store.ts';

/** Who may what with a schedule, and what a schedule may be. Pure. */

/** Attribute → sentences, GitLab's body of a failed model validation. */
export type AttributeErrors = Readonly<Record<string, readonly string[]>>;

type Caller = ProjectSubject<SignedInActor>;

const isOwner = ({ actor }: Caller, { owner }: Schedule): boolean => owner?.id === actor.user.id;

/** Its owner, from developer on, or an administrator: nobody else, as it runs with the owner's rights. */
export const mayUpdate = (caller: Caller, schedule: Schedule): boolean =>
  can(caller.actor, 'update_pipeline_schedule', caller.project, caller.role) &&
  (isOwner(caller, schedule) || isAdmin(caller.actor));

/** Take it, delete it, see its variables and inputs: maintainers, and its owner from developer on. */
export const mayAdminister = (caller: Caller, schedule: Schedule): boolean =>
  can(caller.actor, 'admin_pipeline_schedule', caller.project, caller.role) ||
  (isOwner(caller, schedule) && can(caller.actor, 'update_pipeline_schedule', caller.project, caller.role));

/** A branch or tag by the full name that a schedule has. */
export const refOf = (fullRef: string): { readonly kind: RefKind; readonly name: string } => ({
  kind: fullRef.startsWith('refs/tags/') ? 'tag' : 'branch',
  name: fullRef.replace(/^refs\/(heads|tags)\//, ''),
});

export const isFullRef = (ref: string): boolean => /^refs\/(heads|tags)\/\S+/.test(ref);

const BLANK = "can't be blank";
const SYNTAX = 'syntax is invalid';

const clockErrors = (text: string, attribute: string, problems: readonly ClockProblem[]): readonly string[] => [
  ...(problems.some((problem) => problem.attribute === attribute) ? [SYNTAX] : []),
  ...(text === '' ? [BLANK] : []),
];

const lengthOf = (text: string): number => [...text].length;

const refErrors = (ref: string): readonly string[] => {
  if (ref.trim() === '') return [BLANK];
  return isFullRef(ref) ? [] : ['is ambiguous'];
};

const MAX_DESCRIPTION = 2000;

const descriptionErrors = (description: string): readonly string[] => {
  if (description.trim() === '') return [BLANK];
  return lengthOf(description) > MAX_DESCRIPTION ? [`is too long (maximum is ${MAX_DESCRIPTION} characters)`] : [];
};

/** What is wrong with a schedule that is to be stored, in GitLab's words. `ref`: after its expansion. */
export const scheduleErrors = (schedule: ScheduleTexts, problems: readonly ClockProblem[]): AttributeErrors =>
  foundIn({
    cron: clockErrors(schedule.cron, 'cron', problems),
    cron_timezone: clockErrors(schedule.cronTimezone, 'cron_timezone', problems),
    ref: refErrors(schedule.ref),
    description: descriptionErrors(schedule.description),
  });

/** A wish for an input; `destroy`: it shall go. */
export type InputWish =
  | { readonly name: string; readonly destroy: true }
  | { readonly name: string; readonly destroy: false; readonly value: unknown };

export interface InputChanges {
  readonly save: readonly ScheduleInput[];
  readonly remove: readonly string[];
}

/** By name: what is there is replaced, what is new added, what is to go removed; all others stay. */
export const inputChangesOf = (wishes: readonly InputWish[]): InputChanges => ({
  save: wishes.flatMap((wish) => (wish.destroy ? [] : [{ name: wish.name, value: wish.value }])),
  remove: wishes.flatMap((wish) => (wish.destroy ? [wish.name] : [])),
});

const MAX_INPUTS = 20;
const MAX_INPUT_VALUE = 1024;
const MAX_NAME = 255;

/** What is wrong with inputs that are to be saved beside those that stay. */
export const inputErrors = (before: readonly ScheduleInput[], { save, remove }: InputChanges): AttributeErrors => {
  const names = save.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const after = new Set([...before.map(({ name }) => name).filter((name) => !remove.includes(name)), ...names]);
  return foundIn({
    inputs: [
      ...(twice.length > 0 ? [`have duplicate values (${[...new Set(twice)].join(', ')})`] : []),
      ...(after.size > MAX_INPUTS ? [`exceeds the limit of ${MAX_INPUTS}.`] : []),
    ],
    'inputs.name': [
      ...(names.some((name) => name.trim() === '') ? [BLANK] : []),
      ...(names.some((name) => lengthOf(name) > MAX_NAME) ? [`is too long (maximum is ${MAX_NAME} characters)`] : []),
    ],
    'inputs.value': save.some(({ value }) => lengthOf(JSON.stringify(value)) > MAX_INPUT_VALUE)
      ? [`exceeds max serialized size: ${MAX_INPUT_VALUE} characters`]
      : [],
  });
};

const foundIn = (errors: AttributeErrors): AttributeErrors =>
  Object.fromEntries(Object.entries(errors).filter(([, sentences]) => sentences.length > 0));
