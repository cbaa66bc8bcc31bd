import { configError } from '../config-error.ts';
import { isNull } from '../keywords/node-tests.ts';
import { buildEntry, buildMap, buildText, type YamlEntry, type YamlNode } from '../yaml/index.ts';
import { buildData, TooDeepError } from './build-data.ts';

/** The values that a file's inputs get from outside. */
export interface GivenInputs {
  readonly entries: readonly YamlEntry[];
  /** Where somebody wrote them; those of a request are written nowhere. */
  readonly isWritten: boolean;
}

const NO_INPUTS: GivenInputs = { entries: [], isWritten: false };

/** `inputs:` of an include. `shown` is the included file. Variables in them are not expanded. */
export const writtenInputs = (node: YamlNode | undefined, shown: string): GivenInputs => {
  if (node === undefined || isNull(node)) return NO_INPUTS;
  if (node.kind === 'map') return { entries: node.entries, isWritten: true };
  throw configError(`\`${shown}\`: Given inputs must be a hash`, node.position, ['include', 'inputs']);
};

/** `inputs` of a request that creates a pipeline: GitLab gives them to its own include of the project's file. */
export const pipelineInputs = (inputs: Readonly<Record<string, unknown>>, file: string): GivenInputs => {
  const position = { file, line: 1, column: 1 };
  try {
    const entries = Object.entries(inputs).map(([name, value]) =>
      buildEntry(buildText(position, name), buildData(value, position)),
    );
    return { entries: buildMap(position, entries).entries, isWritten: false };
  } catch (error) {
    if (error instanceof TooDeepError)
      throw configError(`\`${file}\`: Given inputs are nested too deeply`, position, []);
    throw error;
  }
};
