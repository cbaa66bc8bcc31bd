import type { CompiledKubernetes } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, checkKey, keyNames, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isBoolean, isMap, isText } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place } from './place.ts';
import { schemaMessages } from './schema-messages.ts';

export const KUBERNETES_KEYS = ['namespace', 'agent', 'flux_resource_path', 'managed_resources', 'dashboard'] as const;
export const MANAGED_RESOURCES_KEYS = ['enabled'] as const;

/** The agent and the resources of an environment in a cluster. Nothing is expanded yet. */
export const kubernetesKeyword: Keyword<CompiledKubernetes> = {
  name: 'kubernetes',
  read: (place) => {
    const map = place.node;
    if (!isMap(map)) return undefined;
    if (map.entries.length === 0) fail(place, 'config', "can't be blank");
    allowKeys(place, map, KUBERNETES_KEYS);
    const [managed, dashboard] = [givenValue(map, 'managed_resources'), givenValue(map, 'dashboard')];
    const hasFlux = isPresent(map, 'flux_resource_path');
    checkKey(place, map, 'namespace', should.beText);
    if (hasFlux && !isPresent(map, 'namespace')) fail(place, 'namespace', "can't be blank");
    checkKey(place, map, 'agent', should.beText);
    const needsAgent = hasFlux || isPresent(map, 'dashboard') || isTrue(managed, 'enabled');
    if (needsAgent && !isPresent(map, 'agent')) fail(place, 'agent', "can't be blank");
    checkKey(place, map, 'flux_resource_path', should.beText);
    if (managed !== undefined) checkManagedResources(place, managed);
    if (dashboard !== undefined && !isBlank(dashboard)) checkDashboard(place, dashboard);
    refuseBoth(place, map, dashboard);
    return hasFailed(place) ? undefined : readMap(map, managed, dashboard);
  },
};

const isPresent = (map: YamlMap, name: string): boolean => {
  const value = givenValue(map, name);
  return value !== undefined && !isBlank(value);
};

const isTrue = (node: YamlNode | undefined, name: string): boolean => {
  const value = node !== undefined && isMap(node) ? givenValue(node, name) : undefined;
  return value?.kind === 'scalar' && value.value === true;
};

const checkManagedResources = (place: Place, node: YamlNode): void => {
  const complain = (message: string, hint?: string): void => fail(place, 'managed_resources', message, hint);
  if (!isMap(node)) return complain(schemaMessages.notOfType('', 'object'));
  const enabled = node.byName.get('enabled')?.value;
  if (enabled !== undefined && !isBoolean(enabled)) complain(schemaMessages.notOfType('/enabled', 'boolean'));
  refuseOthers(node, MANAGED_RESOURCES_KEYS, complain);
};

/** Keys of `dashboard` → most characters. */
export const DASHBOARD_LENGTHS = {
  namespace: LIMITS.kubernetesNamespaceLength,
  flux_resource_path: LIMITS.fluxPathLength,
};

const checkDashboard = (place: Place, node: YamlNode): void => {
  const complain = (message: string, hint?: string): void => fail(place, 'dashboard', message, hint);
  if (!isMap(node)) return complain(schemaMessages.notOfType('', 'object'));
  for (const [name, most] of Object.entries(DASHBOARD_LENGTHS)) {
    const value = node.byName.get(name)?.value;
    if (value === undefined) continue;
    if (!isText(value)) complain(schemaMessages.notOfType(`/${name}`, 'string'));
    else if (value.text.length === 0) complain(schemaMessages.tooShort(`/${name}`, 1));
    else if (value.text.length > most) complain(schemaMessages.tooLong(`/${name}`, most));
  }
  if (!node.byName.has('namespace')) complain(schemaMessages.missing('', ['namespace']));
  refuseOthers(node, Object.keys(DASHBOARD_LENGTHS), complain);
};

const refuseOthers = (
  map: YamlMap,
  allowed: readonly string[],
  complain: (message: string, hint?: string) => void,
): void => {
  for (const name of keyNames(map)) {
    if (!allowed.includes(name)) complain(schemaMessages.notAllowed(`/${name}`), didYouMean([name], allowed));
  }
};

/** The dashboard took these two over; they may stand in one place only. */
const refuseBoth = (place: Place, map: YamlMap, dashboard: YamlNode | undefined): void => {
  if (dashboard === undefined || !isMap(dashboard)) return;
  for (const name of Object.keys(DASHBOARD_LENGTHS)) {
    if (isPresent(map, name) && isPresent(dashboard, name)) {
      fail(place, name, `cannot be specified when dashboard.${name} is set`);
    }
  }
};

const readMap = (map: YamlMap, managed: YamlNode | undefined, dashboard: YamlNode | undefined): CompiledKubernetes => ({
  ...definedOnly({
    agent: textOf(map, 'agent'),
    namespace: textOf(map, 'namespace') ?? textOf(dashboard, 'namespace'),
    fluxResourcePath: textOf(map, 'flux_resource_path') ?? textOf(dashboard, 'flux_resource_path'),
  }),
  managedResources: managed === undefined || !isMap(managed) || !isFalse(managed, 'enabled'),
});

const textOf = (node: YamlNode | undefined, name: string): string | undefined => {
  const value = node !== undefined && isMap(node) ? givenValue(node, name) : undefined;
  return value?.kind === 'scalar' ? value.text : undefined;
};

const isFalse = (map: YamlMap, name: string): boolean => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' && value.value === false;
};
