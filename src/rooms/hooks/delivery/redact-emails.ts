import type { Json } from '../events/event-definition.ts';

const HIDDEN = '[REDACTED]';
const EMAIL = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/;

/** A payload as the log shows it: texts that are an e-mail address are hidden. Pure. */
export const redactEmails = (value: Json): Json => {
  if (typeof value === 'string') return value.length <= 320 && EMAIL.test(value) ? HIDDEN : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(redactEmails);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactEmails(inner)]));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
