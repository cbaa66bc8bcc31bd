import { Command } from 'commander';

interface CreateFlags {
  readonly name?: string;
  readonly description?: string;
  readonly tagName?: string;
  readonly tagMessage?: string;
  readonly ref?: string;
  readonly releasedAt?: string;
  readonly milestone: readonly string[];
  readonly assetsLink: readonly string[];
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** For jobs with `release:` on an embedded runner, where no other release-cli is installed; the flags are those of that program. */
export const releaseCliCommand = (): Command => {
  const create = new Command('create')
    .description('make a release of the project of this job, with the token of this job')
    .option('--tag-name <tag>', 'default: CI_COMMIT_TAG')
    .option('--name <text>', 'name of the release')
    .option('--description <text>', 'Markdown, or a file that holds it')
    .option('--tag-message <text>', 'makes a tag that has to be made an annotated one')
    .option('--ref <ref>', 'where a tag that is not there is made; default: CI_COMMIT_SHA')
    .option('--released-at <time>', 'ISO 8601')
    .option('--milestone <title>', 'may be given several times', collect, [])
    .option('--assets-link <json>', 'a link: {"name", "url", "filepath", "link_type"}; several times', collect, [])
    .action(async (flags: CreateFlags) => {
      const { requestRelease } = await import('./request-release.ts');
      await requestRelease(flags, process.env);
    });
  return new Command('release-cli')
    .description('What `release:` of a job calls on the embedded runner.')
    .addCommand(create);
};
