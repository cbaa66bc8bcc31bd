import { configError } from '../config-error.ts';
import { LIMITS } from '../limits.ts';
import type { SourcePosition } from '../yaml/index.ts';

/** What the blocks of one file may still put into it; spending more throws ConfigError. */
export interface InterpolationBudget {
  readonly spendCharacters: (count: number) => void;
  readonly spendNodes: (count: number) => void;
}

/** A value may be put in many times: what comes out is limited, whatever the file's size. `header`: its position. */
export const newInterpolationBudget = (shown: string, header: SourcePosition): InterpolationBudget => {
  let characters: number = LIMITS.interpolatedCharacters;
  let nodes: number = LIMITS.expandedNodes;
  const check = (): void => {
    if (characters < 0 || nodes < 0) throw configError(`\`${shown}\`: config too large`, header, ['spec']);
  };
  return {
    spendCharacters: (count) => {
      characters -= count;
      check();
    },
    spendNodes: (count) => {
      nodes -= count;
      check();
    },
  };
};
