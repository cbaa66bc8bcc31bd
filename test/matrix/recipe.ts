import type { Call } from '../support/http-caller.ts';
import type { Place } from './place.ts';
import type { Lane } from './world.ts';

/** A valid call of a route, but for who sends it. */
export interface Prepared extends Pick<Call, 'query' | 'json' | 'multipart' | 'raw' | 'headers'> {
  /** Another place than the lane's: for calls that destroy it. */
  readonly place?: Place;
  /** Values by the names in the path; what is not named is the place's own (see `standard-values`). */
  readonly path?: Readonly<Record<string, string | number>>;
}

/** How a route is called. One that writes needs a recipe of its own; one that reads only where the standard does not do. */
export interface Recipe {
  /** Tells apart the lines of a route that has several. */
  readonly note?: string;
  /** Asked once for a place, and again after each call that was let through (2xx). */
  readonly prepare?: (lane: Lane, place: Place) => Prepared | Promise<Prepared>;
  /** After a call that was let through. */
  readonly undo?: (lane: Lane, place: Place) => Promise<unknown>;
  /** The call ends the credential that it carries: each call gets one of its own. */
  readonly freshProof?: true;
}

/** By `METHOD /path`. */
export type Recipes = Readonly<Record<string, Recipe | readonly Recipe[]>>;
