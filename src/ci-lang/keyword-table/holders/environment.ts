import { ENVIRONMENT_ACTIONS, ENVIRONMENT_KEYS } from '../../keywords/environment.ts';
import { DASHBOARD_LENGTHS, KUBERNETES_KEYS, MANAGED_RESOURCES_KEYS } from '../../keywords/kubernetes.ts';
import { PAGES_KEYS } from '../../keywords/pages.ts';
import { RELEASE_KEYS } from '../../keywords/release.ts';
import { RELEASE_ASSETS_KEYS, RELEASE_LINK_KEYS } from '../../keywords/release-assets.ts';
import { LIMITS } from '../../limits.ts';
import { boolean, duration, holder, list, text, textOrTexts } from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';
import { keysOf } from './keys-of.ts';

export const ENVIRONMENT_HOLDERS: KeywordTable = {
  environment: defineHolder(
    ENVIRONMENT_KEYS,
    'The environment that a job deploys to or looks after.',
    {
      name: { shape: text({ notBlank: true }), about: 'Its name; slashes put it into a folder.' },
      url: { shape: text({ atMost: LIMITS.environmentUrlLength }), about: 'Its address.' },
      action: {
        shape: { kind: 'word', words: ENVIRONMENT_ACTIONS },
        about: 'What the job does to it.',
        default: 'start',
      },
      on_stop: { shape: text(), about: 'The job that stops it.' },
      auto_stop_in: { shape: duration, about: 'After which time it stops by itself: a duration, or `never`.' },
      kubernetes: { shape: holder('kubernetes'), about: 'What belongs to it in a cluster.' },
      deployment_tier: { shape: text(), about: 'What kind of environment it is, such as `production` or `staging`.' },
    },
    { effects: 'environment', required: ['name'] },
  ),
  kubernetes: defineHolder(
    KUBERNETES_KEYS,
    'What belongs to an environment in a cluster.',
    {
      namespace: { shape: text(), about: 'The namespace.', deprecated: 'Use `dashboard: {namespace: …}`.' },
      agent: { shape: text(), about: 'Project and name of the agent: `path/to/project:name`.' },
      flux_resource_path: {
        shape: text(),
        about: 'The resource of Flux.',
        deprecated: 'Use `dashboard: {flux_resource_path: …}`.',
      },
      managed_resources: { shape: holder('managed_resources'), about: 'Resources that are made for the environment.' },
      dashboard: { shape: holder('dashboard'), about: 'What the dashboard of the environment shows.' },
    },
    { notEmpty: true },
  ),
  managed_resources: defineHolder(MANAGED_RESOURCES_KEYS, 'Resources that are made for the environment.', {
    enabled: { shape: boolean, about: 'Whether they are made.' },
  }),
  dashboard: defineHolder(
    keysOf(DASHBOARD_LENGTHS),
    'What the dashboard of the environment shows.',
    {
      namespace: { shape: text({ notBlank: true, atMost: DASHBOARD_LENGTHS.namespace }), about: 'The namespace.' },
      flux_resource_path: {
        shape: text({ notBlank: true, atMost: DASHBOARD_LENGTHS.flux_resource_path }),
        about: 'The resource of Flux.',
      },
    },
    { required: ['namespace'] },
  ),
  pages: defineHolder(PAGES_KEYS, 'A web site made of files of the job.', {
    path_prefix: { shape: text(), about: 'Under which path the site is beside others.' },
    expire_in: { shape: duration, about: 'After which time it is deleted: a duration, or `never`.', since: '17.4' },
    publish: { shape: text(), about: 'The folder with its files.', default: 'public', since: '17.9' },
  }),
  release: defineHolder(
    RELEASE_KEYS,
    'The release that a job makes.',
    {
      tag_name: { shape: text({ notBlank: true }), about: 'Its tag, which is made when it is not there.' },
      tag_message: { shape: text(), about: 'Message of the tag when it is made.' },
      name: { shape: text(), about: 'Its title.' },
      description: { shape: text({ notBlank: true }), about: 'Its text, or the path of a file with the text.' },
      ref: { shape: text(), about: 'What the tag is made of when it is not there.' },
      released_at: { shape: text(), about: 'Its date, in quotes: `"2026-01-31T12:00:00Z"`.' },
      milestones: { shape: textOrTexts, about: 'Titles of its milestones.' },
      assets: { shape: holder('release_assets'), about: 'Links of the release.' },
    },
    { required: ['tag_name', 'description'] },
  ),
  release_assets: defineHolder(
    RELEASE_ASSETS_KEYS,
    'Links of the release.',
    { links: { shape: list(holder('release_link'), { atLeast: 1 }), about: 'Links of the release.' } },
    { required: ['links'] },
  ),
  release_link: defineHolder(
    RELEASE_LINK_KEYS,
    'A link of the release.',
    {
      name: { shape: text(), about: 'Its title.' },
      url: { shape: text(), about: 'Where it leads.' },
      filepath: { shape: text(), about: 'Path below the release at which it can be found too.' },
      link_type: { shape: text(), about: 'What it is: `package`, `image`, `runbook` or `other`.', default: 'other' },
    },
    // The runner looks at them, and nobody earlier
    { closed: false },
  ),
};
