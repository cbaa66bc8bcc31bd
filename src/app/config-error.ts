/**
 * A wrong setting. The text is one line for the operator; the command ends with status 2. It has a file of its own so
 * that commands which need no server (`lint`) do not load what the settings need.
 */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
