import { describe, expect, it } from 'vitest';
import { environmentSlug } from './slug.ts';

describe('environmentSlug', () => {
  it.each([
    ['production', 'production'],
    ['staging-12345678901234567', 'staging-123456789-q517sa'],
    ['9-staging-123456789012345', 'env-9-staging-123-q517sa'],
    ['staging-1234567890123456', 'staging-1234567890123456'],
    ['staging-1234567890123456-', 'staging-123456789-q517sa'],
    ['PRODUCTION', 'production-q517sa'],
    ['review/1-foo', 'review-1-foo-q517sa'],
    ['1/foo', 'env-1-foo-q517sa'],
    ['foo-', 'foo'],
    ['foo--bar', 'foo-bar-q517sa'],
    ['foo**bar', 'foo-bar-q517sa'],
    ['*-foo', 'env-foo-q517sa'],
    ['staging-12345678-', 'staging-12345678'],
    ['staging-12345678-01234567', 'staging-12345678-q517sa'],
    ['', 'env-q517sa'],
  ])('of %j is %s, as in GitLab', (name, slug) => {
    expect(environmentSlug(name, () => 'a'.repeat(64))).toBe(slug);
  });

  it('has a suffix that depends on the name', () => {
    expect(environmentSlug('review/a')).toMatch(/^review-a-[a-z0-9]{6}$/);
    expect(environmentSlug('review/a')).not.toBe(environmentSlug('review-a!'));
  });
});
