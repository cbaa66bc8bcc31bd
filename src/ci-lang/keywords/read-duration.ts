import { parseDuration } from '../../kit/duration.ts';
import { remembering } from '../remember.ts';

/** Seconds, or undefined for what is no duration: a file says `1 week` in job after job. */
export const readDuration: (text: string) => number | undefined = remembering(parseDuration);
