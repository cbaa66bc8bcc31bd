import type { ProjectId } from '../../../kit/ids.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import type { User } from '../../accounts/index.ts';
import { BadHook, type ChangeHookDeps, refuseFaults } from '../change-hook.ts';
import { HOOK_SWITCHES, type HookSettings, type HookSwitch } from '../hook.ts';
import { insertHook, resetHealth, updateHook } from '../hook-store.ts';
import { newSettings } from '../hook-wish.ts';
import type { Integration, IntegrationSlug } from './integration.ts';
import { findIntegration, type IntegrationHook, lockIntegrations, updateIntegration } from './integration-store.ts';

/** What somebody asks for: what is absent stays as it is. */
export interface IntegrationWish extends Partial<Omit<Integration, 'slug'>> {
  /** Address of the incoming webhook. */
  readonly webhook: string;
  readonly switches: Readonly<Partial<Record<HookSwitch, boolean>>>;
}

/** GitLab's: whoever makes one through the API without naming events hears of these. */
const DEFAULT_SWITCHES: readonly HookSwitch[] = [
  'push_events',
  'tag_push_events',
  'merge_requests_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'wiki_page_events',
];

const newIntegration = (slug: IntegrationSlug): Integration => ({
  slug,
  username: null,
  channel: null,
  channels: {},
  notifyOnlyBrokenPipelines: false,
  branchesToBeNotified: 'default',
});

const settingsFor = (before: IntegrationHook | undefined, { webhook, switches }: IntegrationWish): HookSettings => {
  const on = before?.switches ?? DEFAULT_SWITCHES;
  const settings = before ?? newSettings('project', { url: webhook, switches: {} });
  return { ...settings, url: webhook, switches: HOOK_SWITCHES.filter((name) => switches[name] ?? on.includes(name)) };
};

/** GitLab's: characters of each text. */
const MAX_TEXT = 255;

const refuseLongTexts = ({ username, channel, channels = {} }: IntegrationWish): void => {
  const texts = Object.entries({ username, channel, ...channels });
  const faults = texts
    .filter(([, text]) => [...(text ?? '')].length > MAX_TEXT)
    .map(([name]) => ({
      attribute: name.replace(/s?_events$/, '_channel'),
      sentence: `is too long (maximum is ${MAX_TEXT} characters)`,
    }));
  if (faults.length > 0) throw new BadHook(faults);
};

/** Sets up an integration, or changes it; one that was disabled is given a new chance. Throws `BadHook`. */
export const putIntegration = async (
  deps: ChangeHookDeps,
  subject: { readonly projectId: ProjectId; readonly user: User },
  slug: IntegrationSlug,
  wish: IntegrationWish,
): Promise<IntegrationHook> => {
  const { db, vault, clock } = deps;
  const { projectId, user } = subject;
  const place = { kind: 'project', projectId } as const;
  refuseLongTexts(wish);
  // Resolves a name, so before the transaction.
  await refuseFaults(deps, place, settingsFor(undefined, wish));
  return db.transaction().execute(async (tx) => {
    await lockIntegrations(tx, projectId);
    const before = await findIntegration(tx, vault, projectId, slug);
    const settings = settingsFor(before, wish);
    const { webhook: _webhook, switches: _switches, channels, ...others } = wish;
    const old = before?.integration ?? newIntegration(slug);
    const integration = { ...old, ...withoutAbsent(others), channels: { ...old.channels, ...channels } };
    if (before === undefined) {
      const hook = await insertHook(tx, vault, { place, settings, creatorId: user.id }, clock.now());
      return updateIntegration(tx, hook, integration);
    }
    await resetHealth(tx, before.id);
    const hook = await updateHook(tx, vault, before.id, { ...settings, oldSigningToken: null }, clock.now());
    return updateIntegration(tx, hook, integration);
  });
};
