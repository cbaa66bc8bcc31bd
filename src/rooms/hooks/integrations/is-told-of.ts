import type { JsonObject } from '../events/event-definition.ts';
import type { Integration } from './integration.ts';
import { jsonAt, textAt } from './read-json.ts';

const DEPLOYMENTS: ReadonlySet<string> = new Set(['running', 'success', 'failed', 'canceled']);

const passesBranch = (
  { branchesToBeNotified: wanted }: Integration,
  {
    branch,
    isProtected,
    payload,
  }: { readonly branch: string; readonly isProtected: boolean; readonly payload: JsonObject },
): boolean => {
  const isDefault = branch === textAt(payload, 'project', 'default_branch');
  switch (wanted) {
    case 'all':
      return true;
    case 'default':
      return isDefault;
    case 'protected':
      return isProtected;
    case 'default_and_protected':
      return isDefault || isProtected;
  }
};

/**
 * GitLab's choice: pipelines that ended well or badly, pushes of the wanted branches, all tags, deployments, merge requests
 * but for their updates. Pure.
 */
export const isToldOf = (integration: Integration, payload: JsonObject): boolean => {
  switch (textAt(payload, 'object_kind')) {
    case 'pipeline': {
      const status = textAt(payload, 'object_attributes', 'status');
      const isWanted = status === 'failed' || (status === 'success' && !integration.notifyOnlyBrokenPipelines);
      if (!isWanted || jsonAt(payload, 'object_attributes', 'tag') === true) return isWanted;
      const branch = textAt(payload, 'object_attributes', 'ref');
      const isProtected = jsonAt(payload, 'object_attributes', 'protected_ref') === true;
      return passesBranch(integration, { branch, isProtected, payload });
    }
    case 'push': {
      const branch = textAt(payload, 'ref').replace(/^refs\/heads\//, '');
      return passesBranch(integration, { branch, isProtected: jsonAt(payload, 'ref_protected') === true, payload });
    }
    case 'deployment':
      return DEPLOYMENTS.has(textAt(payload, 'status'));
    case 'merge_request':
      return textAt(payload, 'object_attributes', 'action') !== 'update';
    case 'tag_push':
      return true;
    default:
      return false;
  }
};
