import type { Commit } from '../../platform/git/index.ts';
import { presentUserBasic } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { presentCommit } from '../repositories/index.ts';
import type { Release, ReleaseLink } from './release.ts';

/** What is needed to show releases of a project to somebody. */
export interface ReleaseContext {
  readonly project: Project;
  /** `https://host/root`. */
  readonly baseUrl: string;
  /** Whether the viewer may read the code: without it neither tag nor commit nor sources show. */
  readonly readsCode: boolean;
  readonly changes: boolean;
  readonly now: Date;
  /** With the description as HTML. */
  readonly withHtml: boolean;
}

const FORMATS = ['zip', 'tar.gz', 'tar.bz2', 'tar'] as const;

const projectUrlOf = ({ fullPath }: Pick<Project, 'fullPath'>, baseUrl: string): string => `${baseUrl}/${fullPath}`;

/** GitLab's addresses of a tag's source archives. */
export const releaseSources = (project: Pick<Project, 'path' | 'fullPath'>, tag: string, baseUrl: string) => {
  const name = `${project.path}-${tag.replaceAll('/', '-')}`;
  const at = `${projectUrlOf(project, baseUrl)}/-/archive/${encodeURIComponent(tag)}/${encodeURIComponent(name)}`;
  return FORMATS.map((format) => ({ format, url: `${at}.${format}` }));
};

/** GitLab's address of a release's page. */
export const releaseUrl = (project: Pick<Project, 'fullPath'>, tag: string, baseUrl: string): string =>
  `${projectUrlOf(project, baseUrl)}/-/releases/${encodeURIComponent(tag)}`;

/** `direct_asset_url` leads to our API: the release's page, where GitLab has it, is none of this server's. */
export const presentLink = (
  link: ReleaseLink,
  release: Pick<Release, 'tag' | 'projectId'>,
  { baseUrl }: Pick<ReleaseContext, 'baseUrl'>,
) => ({
  id: link.id,
  name: link.name,
  url: link.url,
  direct_asset_url:
    link.filepath === null
      ? link.url
      : `${baseUrl}/api/v4/projects/${release.projectId}/releases/${encodeURIComponent(release.tag)}/downloads${link.filepath}`,
  link_type: link.linkType,
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text's paragraphs, all of it escaped. Markdown is not rendered. */
const htmlOf = (text: string | null): string =>
  (text ?? '')
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p dir="auto">${paragraph.trim().replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)}</p>`)
    .join('\n');

/** GitLab's short form, of `simple=true`. Whoever may not read the code is not told of the tag, by its name or by the release's. */
export const presentReleaseBasic = (release: Release, readsCode: boolean, now: Date) => ({
  name: readsCode ? release.name : `Release-${release.id}`,
  ...(readsCode && { tag_name: release.tag }),
  description: release.description,
  created_at: release.createdAt.toISOString(),
  released_at: release.releasedAt.toISOString(),
  upcoming_release: release.releasedAt > now,
});

/** `commit`: of the release; undefined when it is not in the repository any more. */
export const presentRelease = (release: Release, commit: Commit | undefined, context: ReleaseContext) => {
  const { project, baseUrl, readsCode, changes } = context;
  const sources = releaseSources(project, release.tag, baseUrl);
  const url = releaseUrl(project, release.tag, baseUrl);
  const place = new URL(projectUrlOf(project, baseUrl)).pathname;
  return {
    ...presentReleaseBasic(release, readsCode, context.now),
    ...(context.withHtml && { description_html: htmlOf(release.description) }),
    ...(release.author !== null && { author: presentUserBasic(release.author, baseUrl) }),
    ...(readsCode && {
      commit: commit === undefined ? null : presentCommit(commit, projectUrlOf(project, baseUrl)),
      ...(commit !== undefined && { commit_path: `${place}/-/commit/${commit.sha}` }),
      tag_path: `${place}/-/tags/${encodeURIComponent(release.tag)}`,
    }),
    assets: {
      count: release.links.length + (readsCode ? sources.length : 0),
      ...(readsCode && { sources }),
      links: release.links.map((link) => presentLink(link, release, context)),
    },
    ...(readsCode && { evidences: [] }),
    _links: { self: url, ...(changes && { edit_url: `${url}/edit` }) },
  };
};
