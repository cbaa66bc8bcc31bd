import type { NamespaceId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** A user's own namespace follows the user. Other namespaces with that path make this throw a unique violation. */
export const renameUserNamespace = async (
  tx: Tx,
  id: NamespaceId,
  names: { readonly path: string; readonly name: string },
  now: Date,
): Promise<void> => {
  await tx
    .updateTable('namespaces')
    .set({ path: names.path, full_path: names.path, name: names.name, updated_at: now })
    .where('id', '=', id)
    .execute();
};
