/** Whether GitLab takes a text for an address rather than for a path. */
export const isAddress = (text: string): boolean => /^\s*(?:https?|ssh|git):/.test(text);
