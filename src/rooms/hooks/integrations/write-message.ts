import type { Json, JsonObject } from '../events/event-definition.ts';
import type { ChatMessage, Piece } from './chat-message.ts';
import { jsonAt, textAt } from './read-json.ts';

/** Failed jobs that a message names. */
const MOST_JOBS = 10;

const list = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

const encodeRef = (ref: string): string => ref.split('/').map(encodeURIComponent).join('/');

const projectOf = (payload: JsonObject) => {
  const url = textAt(payload, 'project', 'web_url');
  return { url, link: { text: textAt(payload, 'project', 'name'), url } };
};

const personOf = (payload: JsonObject): string => {
  const [name, username] = [textAt(payload, 'user', 'name'), textAt(payload, 'user', 'username')];
  return username === '' ? 'somebody' : `${name} (${username})`;
};

/** `1 hour 2 minutes 3 seconds`: of whole seconds. */
const inWords = (seconds: number): string => {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ];
  const words = parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]));
  return words.length === 0 ? '0 seconds' : words.join(' ');
};

const joined = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces.flatMap((piece, index) => (index === 0 ? [piece] : [', ', piece]));

const failedJobs = (payload: JsonObject, projectUrl: string): ChatMessage['fields'] => {
  const failed = list(payload['builds']).filter(
    (build) => textAt(build, 'status') === 'failed' && jsonAt(build, 'allow_failure') !== true,
  );
  if (failed.length === 0) return [];
  const links = failed
    .slice(0, MOST_JOBS)
    .map((build) => ({ text: textAt(build, 'name'), url: `${projectUrl}/-/jobs/${textAt(build, 'id')}` }));
  const more = failed.length > MOST_JOBS ? [`and ${failed.length - MOST_JOBS} more`] : [];
  return [{ name: failed.length === 1 ? 'Failed job' : 'Failed jobs', value: joined([...links, ...more]) }];
};

const ofPipeline = (payload: JsonObject): ChatMessage => {
  const { url, link } = projectOf(payload);
  const at = (...path: string[]): string => textAt(payload, 'object_attributes', ...path);
  const isTag = jsonAt(payload, 'object_attributes', 'tag') === true;
  const hasFailed = at('status') === 'failed';
  const hasWarnings = at('detailed_status') === 'passed with warnings';
  const passed = at('ref_status_name') === 'fixed' ? 'is fixed: it has passed' : 'has passed';
  const ended = hasFailed ? 'has failed' : `${passed}${hasWarnings ? ' with warnings' : ''}`;
  const duration = Number(at('duration')) || 0;
  const ref = at('ref');
  const commit = { text: textAt(payload, 'commit', 'title'), url: textAt(payload, 'commit', 'url') };
  return {
    mood: hasFailed ? 'bad' : hasWarnings ? 'warning' : 'good',
    title: [
      link,
      ': Pipeline ',
      { text: `#${at('id')}`, url: at('url') },
      isTag ? ' of tag ' : ' of branch ',
      { text: ref, url: `${url}/-/${isTag ? 'tags' : 'commits'}/${encodeRef(ref)}` },
      ` by ${personOf(payload)} ${ended} in ${inWords(duration)}`,
    ],
    fields: [
      ...(commit.text === '' ? [] : [{ name: 'Commit', value: [commit] }]),
      ...(hasFailed ? failedJobs(payload, url) : []),
      ...(at('name') === '' ? [] : [{ name: 'Pipeline name', value: [at('name')] }]),
    ],
  };
};

const DEPLOYMENTS: Readonly<
  Record<string, { readonly mood: ChatMessage['mood']; readonly words: readonly [string, string] }>
> = {
  running: { mood: 'neutral', words: ['Starting deploy to ', ''] },
  success: { mood: 'good', words: ['Deploy to ', ' succeeded'] },
  failed: { mood: 'bad', words: ['Deploy to ', ' failed'] },
  canceled: { mood: 'warning', words: ['Deploy to ', ' was canceled'] },
};

/** Plain where the thing is gone: chats refuse links to nowhere. */
const linked = (text: string, url: string): Piece => (url === '' ? text : { text, url });

const ofDeployment = (payload: JsonObject): ChatMessage => {
  const { link } = projectOf(payload);
  const { mood, words } = DEPLOYMENTS[textAt(payload, 'status')] ?? { mood: 'neutral', words: ['Deploy to ', ''] };
  const commit = textAt(payload, 'commit_title');
  return {
    mood,
    title: [link, `: ${words[0]}${textAt(payload, 'environment')}${words[1]}`],
    fields: [
      {
        name: 'Job',
        value: [
          linked(`#${textAt(payload, 'deployable_id')}`, textAt(payload, 'deployable_url')),
          ` by ${personOf(payload)}`,
        ],
      },
      {
        name: 'Commit',
        value: [
          linked(textAt(payload, 'short_sha'), textAt(payload, 'commit_url')),
          ...(commit === '' ? [] : [`: ${commit}`]),
        ],
      },
    ],
  };
};

const GONE = /^0+$/;

const ofPush = (payload: JsonObject): ChatMessage => {
  const { url, link } = projectOf(payload);
  const isTag = textAt(payload, 'object_kind') === 'tag_push';
  const ref = textAt(payload, 'ref').replace(/^refs\/(?:heads|tags)\//, '');
  const [isNew, isGone] = [GONE.test(textAt(payload, 'before')), GONE.test(textAt(payload, 'after'))];
  const did = isGone ? 'removed' : isNew ? 'pushed new' : 'pushed to';
  const refLink: Piece = isGone ? ref : { text: ref, url: `${url}/-/${isTag ? 'tags' : 'commits'}/${encodeRef(ref)}` };
  const commits = list(payload['commits']).slice(-5);
  return {
    mood: 'neutral',
    title: [`${textAt(payload, 'user_name')} ${did} ${isTag ? 'tag' : 'branch'} `, refLink, ' of ', link],
    fields: commits.map((commit) => ({
      name: textAt(commit, 'author', 'name'),
      value: [{ text: textAt(commit, 'id').slice(0, 8), url: textAt(commit, 'url') }, `: ${textAt(commit, 'title')}`],
    })),
  };
};

const MERGE_REQUEST_WORDS: Readonly<Record<string, string>> = {
  open: 'opened',
  close: 'closed',
  reopen: 'reopened',
  merge: 'merged',
  approved: 'approved',
  approval: 'added an approval to',
  unapproved: 'took back the approval of',
  unapproval: 'took back an approval of',
};

const ofMergeRequest = (payload: JsonObject): ChatMessage => {
  const { link } = projectOf(payload);
  const at = (key: string): string => textAt(payload, 'object_attributes', key);
  const action = MERGE_REQUEST_WORDS[at('action')] ?? 'changed';
  const text = `!${at('iid')} ${at('title')}`;
  return {
    mood: 'neutral',
    title: [`${personOf(payload)} ${action} merge request `, { text, url: at('url') }, ' in ', link],
    fields: [],
  };
};

/** The message that an event's payload makes. Pure. */
export const writeMessage = (payload: JsonObject): ChatMessage => {
  switch (textAt(payload, 'object_kind')) {
    case 'pipeline':
      return ofPipeline(payload);
    case 'deployment':
      return ofDeployment(payload);
    case 'merge_request':
      return ofMergeRequest(payload);
    default:
      return ofPush(payload);
  }
};
