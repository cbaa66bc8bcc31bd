import { forbidden } from '../../kit/errors.ts';
import type { User } from './user.ts';

/** Throws GitLab's 403 for users who may not use the API. */
export const refuseInactive = (user: User): void => {
  if (user.state === 'blocked') throw forbidden('Your account has been blocked.');
  if (user.state === 'deactivated') {
    throw forbidden(
      'Your account has been deactivated by your administrator. Please log back in to reactivate your account.',
    );
  }
};
