import { describe, expect, it } from 'vitest';
import type { HookId, NamespaceId } from '../../kit/ids.ts';
import { hears } from './hears.ts';
import type { Listener } from './listener-store.ts';

const [above, below] = [1 as NamespaceId, 2 as NamespaceId];

const listener = (groupId: NamespaceId): Listener => ({
  hookId: 1 as HookId,
  kind: 'group',
  projectId: null,
  groupId,
  switches: ['subgroup_events', 'member_events'],
  pushEventsBranchFilter: null,
  branchFilterStrategy: 'wildcard',
  integration: null,
});

const groups = { groupsOf: new Map(), groupsAbove: new Map([[below, new Set([above, below])]]) };
const place = { subject: 'group:2', groupId: below };

describe("a group's hook", () => {
  it('hears of the members of its own group and of those below', () => {
    expect(hears(listener(above), place, 'member_events', groups)).toBe(true);
    expect(hears(listener(below), place, 'member_events', groups)).toBe(true);
  });

  it('hears of groups below as subgroups, not of its own', () => {
    expect(hears(listener(above), place, 'subgroup_events', groups)).toBe(true);
    expect(hears(listener(below), place, 'subgroup_events', groups)).toBe(false);
  });
});
