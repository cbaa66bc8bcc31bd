import { newObject } from '../../src/platform/git/index.ts';

/** A tree of a million paths in four objects: what anybody may push. */
export const millionPaths = (): {
  readonly treeSha: string;
  readonly objects: readonly ReturnType<typeof newObject>[];
} => {
  let entry = { mode: '100644', object: newObject('blob', Buffer.from('x')) };
  const objects = [entry.object];
  for (let depth = 0; depth < 3; depth += 1) {
    const { mode, object } = entry;
    const lines = Array.from({ length: 100 }, (_, number) =>
      Buffer.concat([Buffer.from(`${mode} ${100 + number}\0`), Buffer.from(object.sha, 'hex')]),
    );
    entry = { mode: '40000', object: newObject('tree', Buffer.concat(lines)) };
    objects.push(entry.object);
  }
  return { treeSha: entry.object.sha, objects };
};
