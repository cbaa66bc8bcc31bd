import type { Guard } from '../../http/index.ts';
import { forbidden, unauthorized } from '../../kit/errors.ts';
import { type Actor, isAdmin, type UserActor } from './actor.ts';
import { type AuthenticateDeps, authenticate } from './authenticate.ts';
import type { TokenScope } from './scopes.ts';

export interface AccountGuardOptions {
  /** Scopes that suffice beside `api` (and `read_api` for GET). */
  readonly scopes?: readonly TokenScope[] | 'any';
  /** The route rotates tokens (see `AuthenticateOptions`). */
  readonly rotates?: boolean;
}

export interface AccountGuards {
  /** Whoever asks; a bad credential is 401 all the same. */
  readonly anyone: (options?: AccountGuardOptions) => Guard<Actor>;
  /** A user, by token or session; 401 otherwise. Never a job. */
  readonly signedIn: (options?: AccountGuardOptions) => Guard<UserActor>;
  /** An administrator; 401 for nobody, 403 for other users. */
  readonly admin: (options?: AccountGuardOptions) => Guard<UserActor>;
}

const label = (name: string, options: AccountGuardOptions | undefined): string => {
  const { scopes } = options ?? {};
  if (scopes === undefined) return name;
  return `${name} (scope ${scopes === 'any' ? 'any' : scopes.join(', ')})`;
};

/** The guards of routes that belong to no project. */
export const accountGuards = (deps: AuthenticateDeps): AccountGuards => {
  const user = async (request: Parameters<Guard<Actor>['check']>[0], options: AccountGuardOptions = {}) => {
    const actor = await authenticate(deps, request, options);
    if (actor.kind !== 'user') throw unauthorized();
    return actor;
  };
  return {
    anyone: (options) => ({
      label: label('anyone', options),
      check: (request) => authenticate(deps, request, options),
    }),
    signedIn: (options) => ({ label: label('signed in', options), check: (request) => user(request, options) }),
    admin: (options) => ({
      label: label('administrator', options),
      check: async (request) => {
        const actor = await user(request, options);
        if (!isAdmin(actor)) throw forbidden();
        return actor;
      },
    }),
  };
};
