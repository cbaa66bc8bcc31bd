import { randomBytes } from 'node:crypto';

/** A new token: the prefix (`glpat-`, `glptt-`, `glcbt-`, `glrt-`) and 20 URL-safe characters, which hold 120 random bits. */
export const randomToken = (prefix: string): string => `${prefix}${randomBytes(15).toString('base64url')}`;
