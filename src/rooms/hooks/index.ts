export { numberEvents } from './number-events.ts';
export { hooksOnFacts } from './on-facts.ts';
