import { noContent, type Route, route, string } from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import { type ChangeHookDeps, changeHook } from '../change-hook.ts';
import { changedSettings } from '../hook-wish.ts';
import { type HookHome, hookId } from './hook-home.ts';
import { orRefusePair } from './hook-refusals.ts';

/** The variables of a hook's address, or its headers. */
interface Pairs {
  readonly path: 'url_variables' | 'custom_headers';
  readonly key: 'urlVariables' | 'customHeaders';
  readonly noun: string;
  readonly missing: string;
  readonly stays: string;
}

const PAIRS: readonly Pairs[] = [
  {
    path: 'url_variables',
    key: 'urlVariables',
    noun: "variable of a hook's address",
    missing: 'URL variable',
    stays: 'Could not unset variable',
  },
  {
    path: 'custom_headers',
    key: 'customHeaders',
    noun: 'header of a hook',
    missing: 'Custom header',
    stays: 'Could not unset header',
  },
];

const pairRoutesOf = (deps: ChangeHookDeps, home: HookHome, pairs: Pairs): readonly Route[] => {
  const path = `${home.path}/:hook_id/${pairs.path}/:key`;
  const key = string({ required: true });
  return [
    route({
      method: 'PUT',
      path,
      summary: `Set a ${pairs.noun}; its value is never shown`,
      params: { ...hookId, key, value: string({ required: true }) },
      guard: home.guard,
      handler: async ({ subject, params }) => {
        const wish = { switches: {}, [pairs.key]: { [params.key]: params.value } };
        await orRefusePair('Illegal key or value', () =>
          changeHook(deps, subject.place, params.hook_id, (hook) => changedSettings(hook, wish, deps.clock.now())),
        );
        return noContent();
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: `Take a ${pairs.noun} away`,
      params: { ...hookId, key },
      guard: home.guard,
      handler: async ({ subject, params }) => {
        await orRefusePair(pairs.stays, () =>
          changeHook(deps, subject.place, params.hook_id, (hook) => {
            // Every object knows `toString` and `constructor`.
            if (!Object.hasOwn(hook[pairs.key], params.key)) throw notFound(pairs.missing);
            const { [params.key]: _gone, ...left } = hook[pairs.key];
            return { ...hook, [pairs.key]: left };
          }),
        );
        return noContent();
      },
    }),
  ];
};

/** Single variables and headers. */
export const pairRoutes = (deps: ChangeHookDeps, home: HookHome): readonly Route[] =>
  PAIRS.flatMap((pairs) => pairRoutesOf(deps, home, pairs));
