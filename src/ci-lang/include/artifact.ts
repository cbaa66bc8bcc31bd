import { addressProblem, givenNode, type IncludeKind, isBlankText, problem, textOf } from './include-kind.ts';

/** A file that a job of the parent pipeline made; only a child pipeline has a parent. */
export const artifactInclude: IncludeKind = {
  name: 'artifact',
  locate: (item, { scope, repository }) => {
    const node = givenNode(item, 'artifact');
    if (node === undefined) return undefined;
    const { hide } = scope.variables;
    const path = textOf(node);
    const shown = hide(path);
    const job = textOf(givenNode(item, 'job'));
    const address = { type: 'artifact', shown, extra: { job_name: hide(job) } } as const;
    const wrong = addressProblem(node, path, shown);
    if (wrong !== undefined) return { ...address, problem: wrong };
    const { readArtifact } = repository;
    if (readArtifact === undefined || !scope.seesParent) {
      const message = 'Including configs from artifacts is only allowed when triggering child pipelines';
      return { ...address, problem: { message } };
    }
    if (job === '') {
      return { ...address, problem: { message: 'Job must be provided when including configs from artifacts' } };
    }
    return {
      ...address,
      read: async () => {
        const answer = await readArtifact(job, path);
        if (answer.kind === 'no_artifacts') {
          return problem(`Job \`${hide(job)}\` not found in parent pipeline or does not have artifacts!`);
        }
        if (answer.kind === 'unreadable') return problem(answer.reason);
        if (isBlankText(answer.text)) return problem(`File \`${shown}\` is empty!`);
        return {
          kind: 'text',
          text: answer.text,
          key: `artifact ${job}: ${path}`,
          file: `${shown} of ${hide(job)}`,
          scope,
        };
      },
    };
  },
};
