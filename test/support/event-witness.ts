import type { ProjectId } from '../../src/kit/ids.ts';
import type { HookPlace, HookSettings, HookSwitch } from '../../src/rooms/hooks/hook.ts';
import { insertHook } from '../../src/rooms/hooks/hook-store.ts';
import { Answer } from './http-caller.ts';
import type { TestApp } from './test-app.ts';

const SETTINGS: Omit<HookSettings, 'switches'> = {
  url: 'https://receiver.example/hook',
  name: null,
  description: null,
  token: null,
  signingToken: null,
  enableSslVerification: true,
  pushEventsBranchFilter: null,
  branchFilterStrategy: 'all_branches',
  urlVariables: {},
  customHeaders: {},
  customWebhookTemplate: null,
};

/** An event with the payload that hooks get. */
export interface WitnessedEvent {
  readonly name: string;
  readonly trigger: string | null;
  readonly subject: string;
  readonly payload: Answer;
  /** The names of the payload's fields, sorted. */
  readonly keys: readonly string[];
}

/** Listens with hooks to whatever happens in a test server, and answers the events that came of it. */
export class EventWitness {
  readonly #app: TestApp;
  #last = 0;

  constructor(app: TestApp) {
    this.#app = app;
  }

  async listen(place: HookPlace, switches: readonly HookSwitch[]): Promise<void> {
    const { db, parts, clock } = this.#app;
    const creatorId = (await this.#app.root()).user.id;
    const settings = { ...SETTINGS, switches };
    await db.transaction().execute((tx) => insertHook(tx, parts.vault, { place, settings, creatorId }, clock.now()));
  }

  listenTo(projectId: ProjectId, ...switches: readonly HookSwitch[]): Promise<void> {
    return this.listen({ kind: 'project', projectId }, switches);
  }

  /** Events with a payload since the last call, in order. */
  async take(): Promise<readonly WitnessedEvent[]> {
    await this.#app.settle();
    await this.#app.tick('events');
    const rows = await this.#app.db
      .selectFrom('events')
      .select(['sequence', 'event_name', 'trigger', 'subject', 'payload'])
      .where('sequence', '>', this.#last)
      .orderBy('sequence')
      .execute();
    this.#last = rows.at(-1)?.sequence ?? this.#last;
    return rows.flatMap(({ event_name: name, trigger, subject, payload }) =>
      payload === null
        ? []
        : [
            {
              name,
              trigger,
              subject,
              payload: new Answer(200, new Headers(), Buffer.from(JSON.stringify(payload))),
              keys: Object.keys(Object(payload)).sort(),
            },
          ],
    );
  }

  /** The one event of that name since the last call. Throws when there is none, or another one too. */
  async takeOne(name: string): Promise<WitnessedEvent> {
    const events = (await this.take()).filter((event) => event.name === name);
    const [event] = events;
    if (event === undefined || events.length > 1) throw new Error(`${events.length} events ${name} instead of one`);
    return event;
  }
}
