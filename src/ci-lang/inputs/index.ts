/** `spec:` headers and `$[[ ]]`: files that are filled in before anything else is read from them. */
export { type GivenInputs, pipelineInputs, writtenInputs } from './given-inputs.ts';
export {
  type ComponentValues,
  type InterpolationContext,
  interpolateFile,
  type LoadedFile,
} from './interpolate-file.ts';
export type { SpecInclude } from './merge-spec-includes.ts';
