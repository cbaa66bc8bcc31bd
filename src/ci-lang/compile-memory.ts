import type { Diagnostic } from './diagnostic.ts';
import type { LoadedFile } from './inputs/index.ts';
import type { JobDefinition } from './keywords/job-definition.ts';
import type { ConfigDefinition } from './keywords/root.ts';
import type { YamlMap } from './yaml/index.ts';

/** A configuration that is sound as far as its text says. */
export interface CheckedConfig {
  readonly config: ConfigDefinition;
  /** By name; `parallel` is written out. */
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

/** With what was said on the way to it. */
export interface RememberedConfig extends CheckedConfig {
  readonly merged: YamlMap;
  readonly warnings: readonly Diagnostic[];
}

/**
 * What compilations of the same texts have in common: files as they were read, and what configurations say that include
 * nothing and ask for no inputs. For many pipelines that are made in one go; results are the same without it.
 */
export interface CompileMemory {
  readonly files: TextMemory<LoadedFile>;
  readonly configs: TextMemory<RememberedConfig>;
}

export const newCompileMemory = (): CompileMemory => ({ files: new TextMemory(), configs: new TextMemory() });

/** Characters of the texts that one memory holds answers for; what is made of a text takes many times its size. */
const MOST_CHARACTERS = 1_000_000;

/** Answers by the text that they follow from, which must be immutable. The oldest are forgotten first. */
export class TextMemory<Answer> {
  readonly #answers = new Map<string, Answer>();
  #characters = 0;

  find(text: string): Answer | undefined {
    return this.#answers.get(text);
  }

  keep(text: string, answer: Answer): void {
    if (text.length > MOST_CHARACTERS || this.#answers.has(text)) return;
    this.#answers.set(text, answer);
    this.#characters += text.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#characters <= MOST_CHARACTERS) return;
      this.#answers.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
