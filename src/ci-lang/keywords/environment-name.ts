/** What the names of environments, and the keys of resource groups, are made of. */
export const ENVIRONMENT_NAME = /^[\w${}. -](?:[\w${}. /-]*[\w${}. -])?$/;
