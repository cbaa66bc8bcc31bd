/** GitLab's access levels. A higher number may do everything that a lower one may. */
export const ROLES = {
  minimal: 5,
  guest: 10,
  planner: 15,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
} as const;

/**
 * What somebody is in a group or project: 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner.
 * An administrator has 50 everywhere (not through a job token). No role at all is `undefined`.
 */
export type Role = (typeof ROLES)[keyof typeof ROLES];

export const isRole = (value: unknown): value is Role => (Object.values(ROLES) as unknown[]).includes(value);

/** As GitLab's sentences and its pages call them. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  5: 'Minimal Access',
  10: 'Guest',
  15: 'Planner',
  20: 'Reporter',
  30: 'Developer',
  40: 'Maintainer',
  50: 'Owner',
};
