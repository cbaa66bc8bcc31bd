import type { Fact, FactOf } from '../../../events/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { HookSwitch } from '../hook.ts';
import { EVENT_DEFINITIONS } from './definitions.ts';
import type {
  BuildContext,
  BuiltEvent,
  EventDefinition,
  EventPlace,
  JsonObject,
  Page,
  PayloadDeps,
} from './event-definition.ts';

/** The definition of a fact's type, bound to that fact. */
export interface BoundDefinition {
  readonly place: EventPlace;
  readonly triggers: readonly (HookSwitch | null)[];
  readonly eventName: string;
  readonly snapshot: (tx: Tx, page: Page) => Promise<JsonObject | undefined>;
  readonly build: (
    deps: PayloadDeps,
    snapshot: JsonObject | undefined,
    context: BuildContext,
  ) => Promise<readonly BuiltEvent[]>;
}

/** Undefined: facts of this type are no events. */
export const definitionOf = (fact: Fact): BoundDefinition | undefined => bind(fact.type, fact);

const bind = <Type extends Fact['type']>(type: Type, fact: Fact): BoundDefinition | undefined => {
  const definition: EventDefinition<FactOf<Type>> | undefined = EVENT_DEFINITIONS[type];
  if (definition === undefined || !isOf(type, fact)) return undefined;
  return {
    place: definition.placeOf(fact),
    triggers: definition.triggersOf(fact),
    eventName: definition.eventName(fact),
    snapshot: async (tx, page) => definition.snapshot?.(tx, fact, page),
    build: (deps, snapshot, context) => definition.build(deps, fact, snapshot, context),
  };
};

const isOf = <Type extends Fact['type']>(type: Type, fact: Fact): fact is FactOf<Type> => fact.type === type;
