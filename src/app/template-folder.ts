import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { TemplateAnswer } from '../ci-lang/index.ts';

/** Templates of one folder and those below it, `Workflows/Branch-Pipelines.gitlab-ci.yml`. Read once. */
export class TemplateFolder {
  readonly #folder: string;
  #texts: Promise<ReadonlyMap<string, string>> | undefined;

  /** Absolute path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(name: string): Promise<TemplateAnswer> {
    this.#texts ??= this.#readAll();
    const texts = await this.#texts;
    const text = texts.get(name);
    return text === undefined ? { kind: 'unknown', names: [...texts.keys()] } : { kind: 'found', text };
  }

  async #readAll(): Promise<ReadonlyMap<string, string>> {
    const paths = await readdir(this.#folder, { recursive: true });
    const names = paths.filter((path) => path.endsWith('.gitlab-ci.yml')).toSorted();
    const texts = await Promise.all(names.map((path) => readFile(join(this.#folder, path), 'utf8')));
    return new Map(names.map((path, index) => [path.split(sep).join('/'), texts[index] ?? ''] as const));
  }
}

/** The templates that come with Penstock. */
export const builtInTemplates = (): TemplateFolder => new TemplateFolder(join(import.meta.dirname, '../../templates'));
