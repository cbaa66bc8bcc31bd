import { isBranchFilter } from './branch-filter.ts';
import type { HookSettings } from './hook.ts';
import { isSigningToken } from './signing-token.ts';

/** What is wrong with an attribute of a hook, in the words of GitLab's models. */
export interface HookFault {
  /** As the API names it. */
  readonly attribute: string;
  readonly sentence: string;
}

const MAX_URL = 8192;
const MAX_TOKEN = 8192;
const MAX_NAME = 255;
const MAX_DESCRIPTION = 2048;
const MAX_TEMPLATE = 4096;
const MAX_PAIRS = 20;
const MAX_KEY = 255;
const MAX_VALUE = 2048;

const KEY = /^[A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*$/;
/** What can be a header's value: no line break, encoded or not, and no white space around it. */
const HEADER_VALUE = /^[\u0021-\u007e\u0080-\u00ff](?:[\t\u0020-\u007e\u0080-\u00ff]*[\u0021-\u007e\u0080-\u00ff])?$/;
const ENCODED_LINE_BREAK = /%0[ad]/i;

/** Characters, however much room they take. */
const lengthOf = (text: string): number => [...text].length;

const isPairs = (pairs: Readonly<Record<string, string>>, isValue: (value: string) => boolean): boolean =>
  Object.keys(pairs).length <= MAX_PAIRS &&
  Object.entries(pairs).every(
    ([key, value]) =>
      key.length <= MAX_KEY && KEY.test(key) && value !== '' && lengthOf(value) <= MAX_VALUE && isValue(value),
  );

const areHeaders = (headers: Readonly<Record<string, string>>): boolean =>
  isPairs(headers, (value) => HEADER_VALUE.test(value) && !ENCODED_LINE_BREAK.test(value)) &&
  new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length;

const tooLong = (attribute: string, text: string | null, maximum: number): readonly HookFault[] =>
  lengthOf(text ?? '') > maximum ? [{ attribute, sentence: `is too long (maximum is ${maximum} characters)` }] : [];

const faultIf = (isFault: boolean, attribute: string, sentence: string): readonly HookFault[] =>
  isFault ? [{ attribute, sentence }] : [];

/** Everything that is wrong with these settings, but for where the address leads. Pure. */
export const findHookFaults = (settings: HookSettings): readonly HookFault[] => {
  const { url, token, signingToken } = settings;
  return [
    ...faultIf(url.trim() === '', 'url', "can't be blank"),
    ...tooLong('url', url, MAX_URL),
    ...faultIf(!isBranchFilter(settings), 'push_events_branch_filter', 'is invalid'),
    ...faultIf(!areHeaders(settings.customHeaders), 'custom_headers', 'must be a valid json schema'),
    ...faultIf(!isPairs(settings.urlVariables, () => true), 'url_variables', 'must be a valid json schema'),
    ...tooLong('name', settings.name, MAX_NAME),
    ...tooLong('description', settings.description, MAX_DESCRIPTION),
    ...tooLong('token', token, MAX_TOKEN),
    // It is sent as a header.
    ...faultIf(token !== null && !/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(token), 'token', 'is invalid'),
    ...faultIf(
      signingToken !== null && !isSigningToken(signingToken),
      'signing_token',
      'must be whsec_ followed by 32 bytes in Base64',
    ),
    ...tooLong('custom_webhook_template', settings.customWebhookTemplate, MAX_TEMPLATE),
  ];
};
