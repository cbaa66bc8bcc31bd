import type { Variable } from '../../ci-lang/index.ts';
import { joinWhole, publicVariable } from './public-variable.ts';

/** What the variables of a merge request's pipelines say of it. Source and target are branches of one project. */
export interface MergeRequestFacts {
  readonly id: number;
  readonly iid: number;
  readonly title: string;
  readonly description: string | null;
  readonly draft: boolean;
  readonly labels: readonly string[];
  /** User names. */
  readonly assignees: readonly string[];
  readonly approved: boolean;
  readonly squash: boolean;
  readonly sourceBranch: string;
  readonly sourceBranchProtected: boolean;
  readonly targetBranch: string;
  readonly targetBranchProtected: boolean;
  readonly diffId: number;
  /** Null: source and target have no history in common. */
  readonly diffBaseSha: string | null;
  readonly project: { readonly id: number; readonly fullPath: string; readonly url: string };
}

/** `refs/merge-requests/1/head`. */
export const mergeRequestRef = (iid: number): string => `refs/merge-requests/${Math.trunc(iid)}/head`;

const MAX_DESCRIPTION = 2700;

/**
 * `CI_MERGE_REQUEST_*` of a pipeline that runs on the source branch alone (`detached`): what merged results add (the shas of both
 * branches) is empty.
 */
export function mergeRequestVariables(facts: MergeRequestFacts): readonly Variable[] {
  const { project } = facts;
  const description = [...(facts.description ?? '')];
  const values: readonly (readonly [string, string])[] = [
    ['EVENT_TYPE', 'detached'],
    ['SOURCE_BRANCH_SHA', ''],
    ['TARGET_BRANCH_SHA', ''],
    ['DIFF_ID', String(facts.diffId)],
    ['DIFF_BASE_SHA', facts.diffBaseSha ?? ''],
    ['ID', String(facts.id)],
    ['IID', String(facts.iid)],
    ['REF_PATH', mergeRequestRef(facts.iid)],
    ['PROJECT_ID', String(project.id)],
    ['PROJECT_PATH', project.fullPath],
    ['PROJECT_URL', project.url],
    ['TARGET_BRANCH_NAME', facts.targetBranch],
    ['TARGET_BRANCH_PROTECTED', String(facts.targetBranchProtected)],
    ['TITLE', facts.title],
    ['DRAFT', String(facts.draft)],
    ['DESCRIPTION', description.slice(0, MAX_DESCRIPTION).join('')],
    ['DESCRIPTION_IS_TRUNCATED', String(description.length > MAX_DESCRIPTION)],
    ...(facts.assignees.length === 0 ? [] : [['ASSIGNEES', sentenceOf(facts.assignees)] as const]),
    ...(facts.labels.length === 0 ? [] : [['LABELS', joinWhole(facts.labels)] as const]),
    ...(facts.approved ? [['APPROVED', 'true'] as const] : []),
    ['SQUASH_ON_MERGE', String(facts.squash)],
    ['SOURCE_PROJECT_ID', String(project.id)],
    ['SOURCE_PROJECT_PATH', project.fullPath],
    ['SOURCE_PROJECT_URL', project.url],
    ['SOURCE_BRANCH_NAME', facts.sourceBranch],
    ['SOURCE_BRANCH_PROTECTED', String(facts.sourceBranchProtected)],
  ];
  return values.map(([name, value]) => publicVariable(`CI_MERGE_REQUEST_${name}`, value));
}

/** `a`, `a and b`, `a, b, and c`: Rails' `to_sentence`. */
function sentenceOf(names: readonly string[]): string {
  if (names.length < 3) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1) ?? ''}`;
}
