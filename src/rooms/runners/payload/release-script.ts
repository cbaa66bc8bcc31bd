import type { CompiledRelease } from '../../../ci-lang/index.ts';

/** Older versions of glab cannot make releases with a job's token. */
const GLAB_VERSION = '1.58.0';
const CA_FILE = 'ca_cert_for_releasing_with_glab.pem';

/** Texts go into the script as they are: the runner puts variables in, and the job's shell reads what is left. */
const flag = (name: string, value: string | undefined): readonly string[] =>
  value === undefined || value === '' ? [] : [`--${name} "${value}"`];

/** One shell word that is this JSON. */
const asWord = (value: unknown): string => JSON.stringify(JSON.stringify(value));

const linksOf = ({ links }: CompiledRelease) =>
  links.map(({ name, url, filepath, linkType }) => ({
    name,
    url,
    ...(filepath !== undefined && { filepath }),
    ...(linkType !== undefined && { link_type: linkType }),
  }));

const releaseCli = (release: CompiledRelease): string =>
  [
    'release-cli create',
    ...flag('name', release.name),
    ...flag('description', release.description),
    ...flag('tag-name', release.tagName),
    ...flag('tag-message', release.tagMessage),
    ...flag('ref', release.ref),
    ...flag('released-at', release.releasedAt),
    ...release.milestones.flatMap((title) => flag('milestone', title)),
    ...linksOf(release).map((link) => `--assets-link ${asWord(link)}`),
  ].join(' ');

const glab = (release: CompiledRelease): string => {
  const links = linksOf(release);
  return [
    `glab release create -R $CI_PROJECT_PATH "${release.tagName}"`,
    ...(links.length === 0 ? [] : [`--assets-links ${asWord(links)}`]),
    ...flag('milestone', release.milestones.join(',')),
    ...flag('name', release.name),
    ...flag('experimental-notes-text-or-file', release.description),
    ...flag('ref', release.ref ?? '$CI_COMMIT_SHA'),
    ...flag('tag-message', release.tagMessage),
    ...flag('released-at', release.releasedAt),
    '--no-update --no-close-milestone',
  ].join(' ');
};

/**
 * What a runner runs for `release:` after the script, as one command: glab where it is new enough, as GitLab does it,
 * else release-cli (which the embedded runner has of its own). Both speak the releases API with the job's token.
 */
export const releaseScript = (release: CompiledRelease): string =>
  [
    `if command -v glab >/dev/null 2>&1 && [ "$(printf '%s\\n' ${GLAB_VERSION} "$(glab --version | grep -oE '[0-9]+\\.[0-9]+\\.[0-9]+' | head -n1)" | sort -V | head -n1)" = ${GLAB_VERSION} ]; then`,
    '  export GITLAB_HOST=$CI_SERVER_URL',
    '  if [ -n "$ADDITIONAL_CA_CERT_BUNDLE" ]; then',
    '    case "$ADDITIONAL_CA_CERT_BUNDLE" in',
    `    *-----BEGIN*) printf '%s\\n' "$ADDITIONAL_CA_CERT_BUNDLE" > ${CA_FILE}; glab config set ca_cert ${CA_FILE} --host "$CI_SERVER_FQDN" ;;`,
    '    *) glab config set ca_cert "$ADDITIONAL_CA_CERT_BUNDLE" --host "$CI_SERVER_FQDN" ;;',
    '    esac',
    '  fi',
    '  glab auth login --job-token $CI_JOB_TOKEN --hostname "$CI_SERVER_FQDN" --api-protocol $CI_SERVER_PROTOCOL',
    `  ${glab(release)}`,
    `  rm -f ${CA_FILE}`,
    'else',
    `  ${releaseCli(release)}`,
    'fi',
    '',
  ].join('\n');
