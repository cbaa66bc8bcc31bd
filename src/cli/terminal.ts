/** Where a command prints, and how. Tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly readInput: () => Promise<string>;
  readonly folder: string;
  /** Whether colours are understood. */
  readonly colours: boolean;
}

/** Whoever read the output has gone (`| head`): there is nobody left to tell. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

/** Of this process. `NO_COLOR` turns colours off, as everywhere. */
export const processTerminal = (): Terminal => ({
  out: (text) => {
    process.stdout.removeListener('error', endWithReader).on('error', endWithReader).write(text);
  },
  readInput: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  },
  folder: process.cwd(),
  colours: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
});
