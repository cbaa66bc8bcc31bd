import type { Db } from '../../../platform/postgres/index.ts';
import type { User } from '../../accounts/index.ts';
import type { Project, ProtectedRefs, RefKind, Role } from '../../projects/index.ts';
import { findProtectedRefs, isProtected, mayUpdateRef } from '../../projects/index.ts';

export interface RefVerdict {
  readonly protected: boolean;
  /** On a protected ref: the user may push or merge to the branch, or create the tag. */
  readonly allowed: boolean;
}

/** Whether a ref (short name) is protected now, and whether this user may run, retry or cancel pipelines on it. */
export async function judgeRef(
  db: Db,
  project: Project,
  who: { readonly user: User; readonly role: Role | undefined },
  ref: { readonly kind: RefKind; readonly name: string },
): Promise<RefVerdict> {
  return judgeRefBy(await findProtectedRefs(db, project.id), project, who, ref);
}

/** The same by rules that are known. Pure. */
export const judgeRefBy = (
  rules: ProtectedRefs,
  project: Project,
  who: { readonly user: User; readonly role: Role | undefined },
  ref: { readonly kind: RefKind; readonly name: string },
): RefVerdict => ({
  protected: isProtected(rules, ref.name, ref.kind),
  allowed: mayUpdateRef(project, rules, who, ref.name, ref.kind),
});
