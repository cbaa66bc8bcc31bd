import type { RawParams, RawValue } from '../../http/index.ts';
import { isRawParams } from '../../http/index.ts';
import type { RunnerFeatures, RunnerInfo } from '../../wire/runner-protocol.ts';
import { RUNNER_FEATURE_NAMES } from '../../wire/runner-protocol.ts';

const MAX_TEXT = 255;

const textOf = (info: RawParams, name: string): string | undefined => {
  const value = info[name];
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined;
};

const featuresOf = (value: RawValue | undefined): RunnerFeatures => {
  if (!isRawParams(value)) return {};
  return Object.fromEntries(RUNNER_FEATURE_NAMES.flatMap((name) => (value[name] === true ? [[name, true]] : [])));
};

/** What a runner says of itself; anything that is not of the expected kind is left out, nothing is refused. */
export function readRunnerInfo(value: RawValue | undefined): RunnerInfo {
  const info: RawParams = isRawParams(value) ? value : {};
  const texts = ['name', 'version', 'revision', 'platform', 'architecture', 'executor', 'shell'].flatMap((name) => {
    const text = textOf(info, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...Object.fromEntries(texts), features: featuresOf(info['features']) };
}
