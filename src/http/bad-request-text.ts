import { Halt } from './errors.ts';
import { text } from './reply.ts';

/**
 * 400 `Bad Request` as plain text: what GitLab's outermost layer answers to bytes nobody can read
 * (broken percent encoding, text that is not UTF-8, NUL, parameter names that contradict each other).
 */
export const badRequestText = (): Halt => new Halt(text(400, 'Bad Request', { 'Content-Type': 'text/plain' }));
