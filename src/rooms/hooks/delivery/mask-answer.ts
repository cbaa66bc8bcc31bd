import type { Hook } from '../hook.ts';
import { fillUrl } from './fill-url.ts';

/** What a receiver answered, as it is kept. */
export interface ShownAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** GitLab's limits: bytes of the body and of each header, and how many headers. */
const BODY_BYTES = 8 * 1024;
const HEADER_BYTES = 1024;
const HEADERS = 50;
const HIDDEN = '[REDACTED]';

/** What is looked at of a text: enough for what is kept, however much of it is secret. */
const LOOKED_AT = 64 * 1024;
/** What is written of it. */
const WRITTEN = 16 * 1024;

/** Replaces what the hook keeps secret, where a receiver repeats it: values of variables by their names. Pure. */
export const masker = (hook: Hook): ((text: string) => string) => {
  const shown = new Map<string, string>();
  const hide = (secret: string, by: string): void => {
    for (const form of formsOf(secret)) {
      if (form !== '' && !shown.has(form)) shown.set(form, by);
    }
  };
  for (const [name, value] of Object.entries(hook.urlVariables)) hide(value, `{${name}}`);
  if (hook.token !== null) hide(hook.token, HIDDEN);
  for (const value of Object.values(hook.customHeaders)) {
    for (const part of [value, ...credentialsIn(value)]) hide(part, HIDDEN);
  }
  for (const token of [hook.signingToken, hook.oldSigningToken?.token]) hide(token ?? '', HIDDEN);
  const { authorization, passwords } = fillUrl(hook.url, hook.urlVariables);
  for (const password of passwords) hide(password, HIDDEN);
  if (authorization !== undefined)
    for (const part of [authorization, ...credentialsIn(authorization)]) hide(part, HIDDEN);
  // The longest first: it names the place where several begin.
  const forms = [...shown].toSorted(([one], [other]) => other.length - one.length);
  return (text) => (forms.length === 0 ? text : hideForms(text.slice(0, LOOKED_AT), forms));
};

/** One pass over the text a form, and one that writes: what stands in the place of a secret is not looked at again. */
const hideForms = (text: string, forms: readonly (readonly [string, string])[]): string => {
  const hidden = new Uint8Array(text.length);
  const startsWith = new Map<number, string>();
  for (const [form, by] of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
      hidden.fill(1, at, at + form.length);
      if (!startsWith.has(at)) startsWith.set(at, by);
    }
  }
  let written = '';
  for (let at = 0; at < text.length && written.length < WRITTEN; ) {
    const isHidden = hidden[at] === 1;
    const end = hidden.indexOf(isHidden ? 0 : 1, at);
    const stop = end === -1 ? text.length : end;
    written += isHidden ? (startsWith.get(at) ?? HIDDEN) : text.slice(at, stop);
    at = stop;
  }
  return written;
};

/** How a receiver may repeat a text: as it is, in an address, in JSON, in Base64. */
const formsOf = (secret: string): readonly string[] => {
  const text = secret.toWellFormed();
  const bytes = Buffer.from(text, 'utf8');
  const base64 = bytes.toString('base64');
  return [
    secret,
    encodeURIComponent(text),
    encodeURI(text),
    ...jsonFormsOf(text),
    base64,
    base64.replaceAll('/', '\\/'),
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
};

/** As most write it; with `\/`, with nothing but ASCII, with both. */
const jsonFormsOf = (text: string): readonly string[] => {
  const plain = JSON.stringify(text).slice(1, -1);
  const codeOf = (unit: string): string => unit.charCodeAt(0).toString(16).padStart(4, '0');
  const lower = plain.replace(/[\u0080-\uffff]/g, (unit) => `\\u${codeOf(unit)}`);
  const upper = plain.replace(/[\u0080-\uffff]/g, (unit) => `\\u${codeOf(unit).toUpperCase()}`);
  return [plain, lower, upper].flatMap((form) => [form, form.replaceAll('/', '\\/')]);
};

/** What follows the scheme in the value of an `Authorization`, `Bearer` and the like. */
const credentialsIn = (value: string): readonly string[] => {
  const credentials = /^(?:basic|bearer|token|apikey)\s+(\S.*)$/is.exec(value)?.[1];
  return credentials === undefined ? [] : [credentials];
};

/** An answer without secrets, within the limits. Names of headers as GitLab shows them (`Content-Type`). Pure. */
export const maskAnswer = (
  mask: (text: string) => string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): ShownAnswer => ({
  headers: Object.fromEntries(
    Object.entries(headers)
      .slice(0, HEADERS)
      .map(([name, value]) => [capitalized(mask(name)), storable(mask(value), HEADER_BYTES)]),
  ),
  body: storable(mask(Buffer.from(body).toString('utf8')), BODY_BYTES),
});

const capitalized = (name: string): string =>
  name
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');

/** At most so many bytes, no character cut in half, and nothing that the database cannot hold. */
const storable = (text: string, bytes: number): string => {
  const clean = text.replaceAll('\0', '\uFFFD').toWellFormed();
  const cut = Buffer.from(clean, 'utf8').subarray(0, bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut, { stream: true });
};
