import { withoutAbsent } from '../../kit/without-absent.ts';
import { HOOK_SWITCHES, type Hook, type HookPlace, type HookSettings, type HookSwitch } from './hook.ts';
import { fullAddress } from './hook-address.ts';

/** What somebody asks for: what is absent stays as it is. Variables and headers come on top of those that are there. */
export interface HookWish extends Partial<Omit<HookSettings, 'switches'>> {
  readonly switches: Readonly<Partial<Record<HookSwitch, boolean>>>;
}

/** How long a signing token that was replaced goes on signing. */
const OLD_TOKEN_SIGNS_MS = 24 * 3_600_000;

const DEFAULT_SWITCHES: Readonly<Record<HookPlace['kind'], readonly HookSwitch[]>> = {
  system: ['repository_update_events'],
  project: ['push_events'],
  group: ['push_events'],
};

/** A new hook's settings, GitLab's defaults in what is absent. Pure. */
export const newSettings = (kind: HookPlace['kind'], wish: HookWish & { readonly url: string }): HookSettings =>
  settled({
    name: null,
    description: null,
    token: null,
    signingToken: null,
    enableSslVerification: true,
    pushEventsBranchFilter: null,
    branchFilterStrategy: 'wildcard',
    urlVariables: {},
    customHeaders: {},
    customWebhookTemplate: null,
    ...withoutAbsent(wish),
    url: wish.url,
    switches: switched(DEFAULT_SWITCHES[kind], wish.switches),
  });

const switched = (on: readonly HookSwitch[], wish: HookWish['switches']): readonly HookSwitch[] =>
  HOOK_SWITCHES.filter((name) => wish[name] ?? on.includes(name));

/** Blank is none, and a filter that filters nothing is not kept. */
const settled = (settings: HookSettings): HookSettings => ({
  ...settings,
  token: settings.token === '' ? null : settings.token,
  signingToken: settings.signingToken === '' ? null : settings.signingToken,
  pushEventsBranchFilter: settings.branchFilterStrategy === 'all_branches' ? null : settings.pushEventsBranchFilter,
});

export type ChangedSettings = HookSettings & Pick<Hook, 'oldSigningToken'>;

/** Whether only values of variables are new, and lead to the same server. */
const isSameServer = (before: HookSettings, after: HookSettings): boolean => {
  const [from, to] = [before, after].map((settings) => URL.parse(fullAddress(settings) ?? '')?.origin);
  return before.url === after.url && from !== undefined && from === to;
};

/**
 * The settings of a hook after a change. A new address takes no secret along: unless they come in the same wish, the
 * token, custom headers and variables are gone, so that nobody can have them sent to themselves. Variables stay where only
 * values of some are new and lead to the same server: the address may need them all. A signing token that is replaced
 * signs beside the new one for a day; one that is taken away signs no more. Pure.
 */
export const changedSettings = (hook: Hook, wish: HookWish, now: Date): ChangedSettings => {
  const given = withoutAbsent(wish);
  const merged: HookSettings = {
    ...hook,
    ...given,
    switches: switched(hook.switches, wish.switches),
    urlVariables: { ...hook.urlVariables, ...given.urlVariables },
    customHeaders: { ...hook.customHeaders, ...given.customHeaders },
  };
  const isElsewhere = fullAddress(hook) !== fullAddress(merged);
  const settings = settled({
    ...merged,
    ...(isElsewhere && {
      token: given.token ?? null,
      urlVariables: isSameServer(hook, merged) ? merged.urlVariables : (given.urlVariables ?? {}),
      customHeaders: given.customHeaders ?? {},
    }),
  });
  return { ...settings, oldSigningToken: oldSigningToken(hook, settings.signingToken, now) };
};

const oldSigningToken = (hook: Hook, token: string | null, now: Date): Hook['oldSigningToken'] => {
  if (token === hook.signingToken) return hook.oldSigningToken;
  if (token === null || hook.signingToken === null) return null;
  return { token: hook.signingToken, until: new Date(now.getTime() + OLD_TOKEN_SIGNS_MS) };
};
