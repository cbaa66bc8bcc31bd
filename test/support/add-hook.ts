import type { Hook, HookPlace, HookSettings } from '../../src/rooms/hooks/hook.ts';
import { insertHook } from '../../src/rooms/hooks/hook-store.ts';
import { hookWith } from './hook.ts';
import type { TestApp } from './test-app.ts';

/** A hook without the checks of the API; a system hook unless told. */
export const addHook = async (
  app: TestApp,
  { place = { kind: 'system' }, ...settings }: Partial<HookSettings> & { readonly place?: HookPlace },
): Promise<Hook> => {
  const { user } = await app.root();
  return app.db
    .transaction()
    .execute((tx) =>
      insertHook(tx, app.parts.vault, { place, settings: hookWith(settings), creatorId: user.id }, app.clock.now()),
    );
};
