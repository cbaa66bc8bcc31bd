import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/** A git process that is kept open between questions. */
export interface KeptProcess {
  /** Whether it owes an answer. */
  readonly busy: boolean;
  /** Lets it end. */
  readonly close: () => void;
}

/** What its owner wants to know of it. */
export interface KeptProcessEvents {
  readonly onIdle: () => void;
  readonly onEnd: () => void;
}

/** An idle process does not keep the server alive; one that owes an answer does. */
export const holdProcess = (child: ChildProcess, keep: boolean): void => {
  const change = keep ? 'ref' : 'unref';
  child[change]();
  for (const stream of child.stdio) if (stream instanceof Socket) stream[change]();
};
