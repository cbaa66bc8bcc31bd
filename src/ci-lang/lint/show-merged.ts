import { EDGE_STAGES, FIRST_STAGE, LAST_STAGE } from '../keywords/stages.ts';
import { buildEntry, buildMap, buildSeq, buildText, type YamlMap, type YamlNode } from '../yaml/index.ts';

/** GitLab shows a list of stages with `.pre` and `.post` around it, and otherwise what was merged. */
export const showMerged = (merged: YamlMap): YamlMap => {
  const stages = merged.byName.get('stages');
  if (stages?.value.kind !== 'seq' || stages.value.items.length === 0) return merged;
  const { position, items } = stages.value;
  const own = items.filter((item) => !isEdge(item));
  const shown = buildSeq(position, [buildText(position, FIRST_STAGE), ...own, buildText(position, LAST_STAGE)]);
  return buildMap(
    merged.position,
    merged.entries.map((entry) => (entry === stages ? buildEntry(entry.key, shown) : entry)),
  );
};

const isEdge = (node: YamlNode): boolean => node.kind === 'scalar' && EDGE_STAGES.includes(node.text);
