import type { Status } from '../../wire/statuses.ts';

/** GitLab's `detailed_status` object. */
export interface PresentedStatus {
  readonly icon: string;
  readonly text: string;
  readonly label: string;
  readonly group: string;
  readonly tooltip: string;
  readonly has_details: boolean;
  readonly details_path: string | null;
  readonly illustration: null;
  readonly favicon: string;
}

interface Words {
  readonly text: string;
  readonly label: string;
  readonly group?: string;
  readonly icon?: string;
}

const WORDS: Readonly<Record<Status, Words>> = {
  created: { text: 'Created', label: 'created' },
  waiting_for_resource: {
    text: 'Waiting',
    label: 'waiting for resource',
    group: 'waiting-for-resource',
    icon: 'pending',
  },
  preparing: { text: 'Preparing', label: 'preparing' },
  waiting_for_callback: {
    text: 'Waiting',
    label: 'waiting for callback',
    group: 'waiting-for-callback',
    icon: 'pending',
  },
  pending: { text: 'Pending', label: 'pending' },
  running: { text: 'Running', label: 'running' },
  success: { text: 'Passed', label: 'passed' },
  failed: { text: 'Failed', label: 'failed' },
  canceling: { text: 'Canceling', label: 'canceling' },
  canceled: { text: 'Canceled', label: 'canceled' },
  skipped: { text: 'Skipped', label: 'skipped' },
  manual: { text: 'Blocked', label: 'waiting for manual action' },
  scheduled: { text: 'Delayed', label: 'waiting for delayed job' },
};

const WITH_WARNINGS: Words = {
  text: 'Warning',
  label: 'passed with warnings',
  group: 'success-with-warnings',
  icon: 'warning',
};

/** A pipeline's status in words. `warnings`: it passed although jobs that may fail did. */
export function presentPipelineStatus(status: Status, warnings: boolean, detailsPath: string | null): PresentedStatus {
  const words = status === 'success' && warnings ? WITH_WARNINGS : WORDS[status];
  const icon = words.icon ?? status;
  return {
    icon: `status_${icon}`,
    text: words.text,
    label: words.label,
    group: words.group ?? status,
    tooltip: words.label,
    has_details: detailsPath !== null,
    details_path: detailsPath,
    illustration: null,
    favicon: `/assets/ci_favicons/favicon_status_${icon}.png`,
  };
}
