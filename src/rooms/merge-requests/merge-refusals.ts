import { PenstockError } from '../../kit/errors.ts';
import type { DetailedMergeStatus } from './merge-status.ts';

/** Why something is not merged. */

export const cannotBeMerged = (): PenstockError => new PenstockError('unprocessable', 'Branch cannot be merged');

export const notAllowed = (): PenstockError => new PenstockError('method_not_allowed', '405 Method Not Allowed');

/** 405: something stands in the way. */
export class NotMergeable extends PenstockError {
  readonly status: DetailedMergeStatus;

  constructor(status: DetailedMergeStatus) {
    super('method_not_allowed', '405 Method Not Allowed');
    this.name = 'NotMergeable';
    this.status = status;
  }
}

/** 409: it may go the next time, with nothing changed. */
export class MergeIsBusy extends PenstockError {
  constructor(body: string) {
    super('conflict', body, {}, { hint: 'try again' });
    this.name = 'MergeIsBusy';
  }
}

export const mergeInProgress = (): MergeIsBusy => new MergeIsBusy('Merge is in progress');

export const targetIsBusy = (branch: string): MergeIsBusy =>
  new MergeIsBusy(`Branch ${branch} was moved by others each time it was to be merged into`);

/** What that status is refused with; `mergeable` ends here where the target branch is gone. */
export const refusalOf = (status: DetailedMergeStatus): PenstockError => {
  if (status === 'conflict') return cannotBeMerged();
  return status === 'checking' ? mergeInProgress() : new NotMergeable(status);
};

const REASONS: Readonly<Record<DetailedMergeStatus, string>> = {
  mergeable: 'the target branch does not exist',
  not_open: 'it is not open',
  draft_status: 'it is a draft',
  commits_status: 'a branch is missing, or the source branch has no commits of its own',
  conflict: 'it has conflicts',
  need_rebase: 'the source branch must be rebased',
  ci_must_pass: 'its pipeline must succeed',
  ci_still_running: 'its pipeline is still running',
  checking: 'a merge is in progress',
  unchecked: 'it has not been checked yet',
};

/** For `merge_error`: why an automatic merge has ended. */
export const mergeErrorOf = (error: PenstockError): string =>
  error instanceof NotMergeable ? `Cannot be merged: ${REASONS[error.status]}` : error.message;

/** Whether what refused the merge passes without anybody's doing. */
export const isPassing = (error: PenstockError): boolean =>
  error instanceof MergeIsBusy || (error instanceof NotMergeable && PASSING.has(error.status));

const PASSING: ReadonlySet<DetailedMergeStatus> = new Set(['ci_still_running', 'checking', 'unchecked']);
