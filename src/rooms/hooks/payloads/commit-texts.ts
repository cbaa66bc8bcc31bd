import { type Commit, titleOf } from '../../repositories/index.ts';

/*
 * Words of commits as payloads tell them. Git sets them no bounds, and each event of each job carries them. Pure.
 */

/** Characters. */
const MOST_OF_MESSAGE = 100_000;
const MOST_OF_NAME = 1000;

/** Of an endless message the title and GitLab's words. */
export const commitMessage = ({ message }: Pick<Commit, 'message'>): string =>
  message.length > MOST_OF_MESSAGE ? `${titleOf(message)}\n\n--commit message is too big` : message;

/** Cut where they are endless. */
export const commitAuthor = ({ author }: Pick<Commit, 'author'>) => ({
  name: author.name.slice(0, MOST_OF_NAME).toWellFormed(),
  email: author.email.slice(0, MOST_OF_NAME).toWellFormed(),
});
