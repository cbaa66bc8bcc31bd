/**
 * GitLab's keywords that this version does not act on. Each is refused by name where it is used, so that nothing is
 * ever left out in silence; whoever builds the effect removes the line. Written as `holder:keyword`.
 */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  'job:dast_configuration',
  'job:identity',
  'job:inputs',
  'job:manual_confirmation',
  'job:pages',
  'job:publish',
  'job:resource_group',
  'job:run',
  'job:trigger',

  'need:pipeline',
  'need:project',

  'secret:akeyless',
  'secret:aws_secrets_manager',
  'secret:azure_key_vault',
  'secret:gcp_secret_manager',
  'secret:gitlab_secrets_manager',

  'environment:auto_stop_in',
  'environment:kubernetes',
  'environment:on_stop',
]);

export type KeywordHolder = 'job' | 'need' | 'secret' | 'environment';

export const isUnsupported = (holder: KeywordHolder, keyword: string): boolean =>
  UNSUPPORTED.has(`${holder}:${keyword}`);

/** `what`: the keyword with its location, `jobs:deploy:resource_group`. */
export const unsupportedMessage = (what: string): string => `${what} is not supported by this version of Penstock`;
