export type { Fact, JobMoved, PipelineCreated, PipelineMoved } from './facts.ts';
export type { Publish, Subscriber } from './publish.ts';
export { publishTo } from './publish.ts';
