import type { Json, JsonObject } from '../events/event-definition.ts';

/** Neither a list nor null. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
