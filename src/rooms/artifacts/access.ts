import type { Ability, ProjectSubject } from '../projects/index.ts';
import { can } from '../projects/index.ts';
import type { Accessibility } from './artifact.ts';

const NEEDED: Readonly<Record<Exclude<Accessibility, 'none'>, Ability>> = {
  public: 'read_job_artifacts',
  private: 'read_protected_job_output',
  maintainer: 'read_maintainer_artifacts',
};

/** `artifacts:access` (and `artifacts:public`) of a job, for readers who may read the job. Nobody passes `none`. */
export const mayRead = (subject: ProjectSubject, accessibility: Accessibility): boolean =>
  accessibility !== 'none' && can(subject.actor, NEEDED[accessibility], subject.project, subject.role);

const BY_KEYWORD = { all: 'public', developer: 'private', maintainer: 'maintainer', none: 'none' } as const;

/** What `artifacts:access` of the configuration means; open to all readers of the job without it. */
export const accessibilityOf = (access: keyof typeof BY_KEYWORD | undefined): Accessibility =>
  BY_KEYWORD[access ?? 'all'];
