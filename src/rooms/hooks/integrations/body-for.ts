import type { JsonObject } from '../events/event-definition.ts';
import type { HookSwitch } from '../hook.ts';
import { type ChatMessage, type Piece, plainText } from './chat-message.ts';
import type { ChatEvent, Integration } from './integration.ts';
import { writeMessage } from './write-message.ts';

/** Bodies in the forms of the chats, all pure. What people wrote can neither form links nor call others. */

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const SLACK_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Slack reads calls in angle brackets only, but makes links of bare addresses and names of hosts: an invisible sign after
 * their first colon and in front of what could be a top-level domain keeps it from that.
 */
const slackText = (text: string): string =>
  oneLine(text)
    .replace(/:(?=\/\/)|\.(?=\p{L})/gu, '$&\u200b')
    .replace(/[&<>]/g, (sign) => SLACK_ENTITIES[sign] ?? sign);

const slackPiece = (piece: Piece): string =>
  typeof piece === 'string'
    ? slackText(piece)
    : `<${piece.url.replace(/[<>|\s]/g, encodeURIComponent)}|${slackText(piece.text).replaceAll('|', '¦')}>`;

/** Markdown's signs stand for themselves, and an invisible sign keeps `@all` from calling anybody. */
const markdownText = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_{}[\]()<>#+\-.!|~:]/g, '\\$&')
    .replaceAll('@', '@\u200b');

const markdownPiece = (piece: Piece): string =>
  typeof piece === 'string'
    ? markdownText(piece)
    : `[${markdownText(piece.text)}](${piece.url.replace(/[()<>\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)})`;

const COLORS = { good: '#2da160', bad: '#dd2b0e', warning: '#fc9403', neutral: '#428fdc' } as const;

const attachments = (
  { mood, title, fields }: ChatMessage,
  write: (piece: Piece) => string,
  bare: (text: string) => string,
) => [
  {
    color: COLORS[mood],
    fallback: bare(plainText(title)),
    text: title.map(write).join(''),
    mrkdwn_in: ['text', 'fields'],
    fields: fields.map(({ name, value }) => ({ title: bare(name), value: value.map(write).join(''), short: true })),
  },
];

const named = ({ username }: Integration): JsonObject => (username === null ? {} : { username });

const channelOf = ({ channel, channels }: Integration, trigger: HookSwitch | null): JsonObject => {
  const own = trigger === null ? undefined : channels[trigger as ChatEvent];
  const to = own ?? channel;
  return to === null ? {} : { channel: to };
};

/** An adaptive card. Its runs of text are plain: nothing in them is read as Markdown. */
const teamsBody = ({ mood, title, fields }: ChatMessage): JsonObject => {
  const run = (piece: Piece): JsonObject =>
    typeof piece === 'string'
      ? { type: 'TextRun', text: oneLine(piece) }
      : { type: 'TextRun', text: oneLine(piece.text), selectAction: { type: 'Action.OpenUrl', url: piece.url } };
  const colors = { good: 'good', bad: 'attention', warning: 'warning', neutral: 'default' } as const;
  const block = (inlines: readonly JsonObject[]): JsonObject => ({ type: 'RichTextBlock', inlines });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      block(title.map((piece) => ({ ...run(piece), weight: 'Bolder', color: colors[mood] }))),
      ...fields.map(({ name, value }) => block([{ ...run(`${name}: `), isSubtle: true }, ...value.map(run)])),
    ],
  };
  return {
    type: 'message',
    summary: oneLine(plainText(title)),
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
};

/** Discord cuts nothing: what is longer is refused. No half of a character stays. */
const cut = (text: string, most: number): string =>
  text.length > most && most > 0 ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : text.slice(0, most);

/** As much as fits: half a link leads nowhere, so that its text is cut. */
const fitPieces = (pieces: readonly Piece[], most: number): string => {
  let text = '';
  for (const piece of pieces) {
    const room = most - text.length;
    const written = markdownPiece(piece);
    if (written.length > room) {
      if (typeof piece === 'string') return text + cut(written, room);
      const around = markdownPiece({ ...piece, text: '' }).length;
      const short = cut(markdownText(piece.text), room - around);
      return around < room
        ? text + markdownPiece({ ...piece, text: '' }).replace('[', () => `[${short}`)
        : cut(`${text}…`, most);
    }
    text += written;
  }
  return text;
};

/** Characters of an embed in all, of its text, and of a field: Discord's. */
const EMBED = { all: 6000, text: 4096, fields: 25, name: 256, value: 1024 } as const;

const discordBody = (integration: Integration, { mood, title, fields }: ChatMessage): JsonObject => {
  const description = fitPieces(title, EMBED.text);
  let left = EMBED.all - description.length;
  const shown = fields.slice(0, EMBED.fields).flatMap((field) => {
    const name = cut(markdownText(field.name) || '-', EMBED.name);
    const room = Math.min(EMBED.value, left - name.length);
    if (room < 1) return [];
    const value = fitPieces(field.value, room) || '-';
    left -= name.length + value.length;
    return [{ name, value, inline: true }];
  });
  return {
    ...named(integration),
    allowed_mentions: { parse: [] },
    embeds: [{ description, color: Number.parseInt(COLORS[mood].slice(1), 16), fields: shown }],
  };
};

/** The body of an integration's request, written from the payload that hooks get. Pure. */
export const bodyFor = (integration: Integration, trigger: HookSwitch | null, payload: JsonObject): JsonObject => {
  const message = writeMessage(payload);
  switch (integration.slug) {
    case 'slack': {
      const parts = attachments(message, slackPiece, slackText);
      return { ...named(integration), ...channelOf(integration, trigger), attachments: parts };
    }
    case 'mattermost': {
      const parts = attachments(message, markdownPiece, markdownText);
      return { ...named(integration), ...channelOf(integration, trigger), attachments: parts };
    }
    case 'microsoft-teams':
      return teamsBody(message);
    case 'discord':
      return discordBody(integration, message);
  }
};
