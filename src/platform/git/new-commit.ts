import { type NewObject, newObject } from './new-objects.ts';

/** Who and when, for a commit or tag that is being made. */
export interface NewSignature {
  readonly name: string;
  readonly email: string;
  readonly at: Date;
  /** Of the clock that it is shown by: `+0100`. Default: UTC. */
  readonly offset?: string;
}

/** Git takes no line breaks, angle brackets or NUL in a name. */
const cleaned = (text: string): string => text.replaceAll(/[\u0000-\u001f<>\u007f]/g, '').trim();

const signatureLine = ({ name, email, at, offset = '+0000' }: NewSignature): string =>
  `${cleaned(name) || 'unknown'} <${cleaned(email)}> ${Math.floor(at.getTime() / 1000)} ${offset}`;

/** A commit object. NUL has no place in a message and is dropped. */
export const newCommit = (commit: {
  readonly treeSha: string;
  readonly parentShas: readonly string[];
  readonly author: NewSignature;
  readonly committer: NewSignature;
  readonly message: string;
}): NewObject =>
  newObject(
    'commit',
    Buffer.from(
      [
        `tree ${commit.treeSha}`,
        ...commit.parentShas.map((sha) => `parent ${sha}`),
        `author ${signatureLine(commit.author)}`,
        `committer ${signatureLine(commit.committer)}`,
        '',
        commit.message.replaceAll('\0', '').toWellFormed(),
      ].join('\n'),
    ),
  );

/** An annotated tag's object. */
export const newTag = (tag: {
  readonly name: string;
  readonly commitSha: string;
  readonly tagger: NewSignature;
  readonly message: string;
}): NewObject =>
  newObject(
    'tag',
    Buffer.from(
      [
        `object ${tag.commitSha}`,
        'type commit',
        `tag ${tag.name}`,
        `tagger ${signatureLine(tag.tagger)}`,
        '',
        `${tag.message.replaceAll('\0', '').toWellFormed().trimEnd()}\n`,
      ].join('\n'),
    ),
  );

/** The message of an annotated tag's object, without a signature block. */
export const tagMessageOf = (content: Buffer): string => {
  const text = content.toString('utf8');
  const start = text.indexOf('\n\n');
  const message = start < 0 ? '' : text.slice(start + 2);
  const signature = message.indexOf('-----BEGIN PGP SIGNATURE-----');
  return (signature < 0 ? message : message.slice(0, signature)).trimEnd();
};
