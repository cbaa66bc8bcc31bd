export type EnvironmentTier = 'production' | 'staging' | 'testing' | 'development' | 'other';

/** GitLab guesses the tier from the name, first hit, in this order. */
const GUESSES: readonly (readonly [RegExp, EnvironmentTier])[] = [
  [/dev|review|trunk/i, 'development'],
  [/test|tst|int|ac(?:ce)?pt|qa|qc|control|quality/i, 'testing'],
  [/st(?:a)?g|mod(?:e)?l|pre|demo|non/i, 'staging'],
  [/pr(?:o)?d|live/i, 'production'],
];

const TIERS: readonly string[] = ['production', 'staging', 'testing', 'development', 'other'];

const isTier = (text: string | undefined): text is EnvironmentTier => text !== undefined && TIERS.includes(text);

/** `deployment_tier` where it names a tier, else the guess (`pre-production` is staging, `integration-prod` testing). */
export const tierOf = (name: string, given: string | undefined): EnvironmentTier =>
  isTier(given) ? given : (GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other');
