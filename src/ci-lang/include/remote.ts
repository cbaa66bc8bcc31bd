import type { FetchAnswer, FetchFailure } from '../config-host.ts';
import { cacheSeconds } from '../keywords/include-options.ts';
import type { YamlMap } from '../yaml/index.ts';
import {
  addressProblem,
  type FileAnswer,
  givenNode,
  type IncludeKind,
  type IncludeProblem,
  isBlankText,
  problem,
  textOf,
} from './include-kind.ts';
import { isAddress } from './is-address.ts';
import { outsideScope } from './outside-scope.ts';

/** A file at an http or https address, fetched without any credentials. */
export const remoteInclude: IncludeKind = {
  name: 'remote',
  locate: (item, { scope, repository }) => {
    const node = givenNode(item, 'remote');
    if (node === undefined) return undefined;
    const url = textOf(node);
    const shown = scope.variables.hide(url);
    const address = { type: 'remote', shown, extra: {} } as const;
    const wrong = addressProblem(node, url, shown) ?? urlProblem(url, shown);
    if (wrong !== undefined) return { ...address, problem: wrong };
    return {
      ...address,
      read: async () => {
        const answer = await repository.fetchText(url.trim(), freshFor(item));
        if (answer.kind !== 'text') return failure(answer, shown);
        const integrity = textOf(givenNode(item, 'integrity')).replace(/^sha256-/, '');
        if (integrity !== '' && integrity !== answer.sha256) return mismatch(shown, answer.sha256);
        if (isBlankText(answer.text)) return problem(`Included file \`${shown}\` is empty or does not exist!`);
        return { kind: 'text', text: answer.text, key: url, file: shown, scope: outsideScope(scope), raw: shown };
      },
    };
  },
};

const urlProblem = (url: string, shown: string): IncludeProblem | undefined =>
  isAddress(url) ? undefined : { message: `Remote file \`${shown}\` does not have a valid address!` };

const freshFor = (item: YamlMap): { readonly freshFor?: number } => {
  const node = givenNode(item, 'cache');
  const seconds = node === undefined ? undefined : cacheSeconds(node);
  return typeof seconds === 'number' ? { freshFor: seconds } : {};
};

const failure = (answer: Exclude<FetchAnswer, { kind: 'text' }>, shown: string): FileAnswer => {
  if (answer.kind === 'blocked') {
    return problem(`Remote file could not be fetched because ${answer.reason}!`, `The address is \`${shown}\`.`);
  }
  const { attempts, reason, detail } = answer;
  const count = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const message = `Remote file \`${shown}\` could not be fetched after ${count} because of ${nameFailure(reason)}!`;
  return problem(message, detail === undefined ? undefined : `${detail}.`);
};

const nameFailure = (reason: FetchFailure): string => {
  switch (reason.kind) {
    case 'status':
      return `HTTP code \`${reason.status}\` error`;
    case 'socket':
      return 'a socket error';
    case 'timeout':
      return 'a timeout error';
    case 'http':
      return 'HTTP error';
  }
};

const mismatch = (shown: string, digest: string): FileAnswer =>
  problem(
    `Remote file \`${shown}\` failed integrity check!`,
    `Its digest is \`sha256-${digest}\`: write that only if the file is as you expect it.`,
  );
