import { DOCKER_LENGTHS, IMAGE_KEYS, KUBERNETES_LENGTHS } from '../../keywords/image.ts';
import { PULL_POLICIES } from '../../keywords/pull-policy.ts';
import { SERVICE_KEYS } from '../../keywords/services.ts';
import { either, holder, integer, list, map, refused, scalar, script, text, texts, word } from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';
import { keysOf } from './keys-of.ts';

const IMAGE = {
  docker: { shape: holder('docker_options'), about: 'Options for runners that use Docker.', since: '16.7' },
  kubernetes: { shape: holder('kubernetes_options'), about: 'Options for runners that use Kubernetes.', since: '18.0' },
  name: { shape: text({ notBlank: true }), about: 'Name of the image, with its tag or digest.' },
  entrypoint: { shape: texts(), about: 'What is run in place of the entry point of the image.' },
  ports: { shape: refused, about: 'Known and refused here.' },
  pull_policy: {
    shape: either(word(PULL_POLICIES), list(word(PULL_POLICIES), { atLeast: 1 })),
    about: 'When the image is fetched; of a list the next one is tried when one fails.',
  },
} as const;

export const IMAGE_HOLDERS: KeywordTable = {
  image: defineHolder(IMAGE_KEYS, 'A container image.', IMAGE, { required: ['name'] }),
  service: defineHolder(
    SERVICE_KEYS,
    'A container that runs beside the job.',
    {
      ...IMAGE,
      command: { shape: script, about: 'What is run in place of the command of the image.' },
      alias: { shape: text(), about: 'Host names of the service, between spaces or commas.' },
      variables: { shape: map(scalar), about: 'Variables of the service alone.' },
    },
    { required: ['name'] },
  ),
  docker_options: defineHolder(keysOf(DOCKER_LENGTHS), 'Options for runners that use Docker.', {
    platform: { shape: text({ atMost: DOCKER_LENGTHS.platform, notBlank: true }), about: 'Architecture of the image.' },
    user: { shape: text({ atMost: DOCKER_LENGTHS.user, notBlank: true }), about: 'User of the container.' },
  }),
  kubernetes_options: defineHolder(keysOf(KUBERNETES_LENGTHS), 'Options for runners that use Kubernetes.', {
    user: {
      shape: either(text({ atMost: KUBERNETES_LENGTHS.user, notBlank: true }), integer()),
      about: 'User of the container.',
    },
  }),
};
