import { once } from 'node:events';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection whose two sides a test moves by hand. */
export interface RawConnection {
  write(text: string | Uint8Array): void;
  /** All that has come so far, once it holds `text`. Rejects when the connection ends before. */
  until(text: string): Promise<string>;
  /** All that came, once the server has closed the connection. */
  toEnd(): Promise<string>;
  /** Forgets what has come. */
  clear(): void;
  /** Hangs up. */
  destroy(): void;
}

/** Connects to a port of this machine. */
export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  let received = '';
  let closed = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
    wake();
  });
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return {
    write: (text) => {
      socket.write(text);
    },
    until: async (text) => {
      while (!received.includes(text)) {
        if (closed) throw new Error(`the connection ended before ${JSON.stringify(text)}: ${received}`);
        await changed();
      }
      return received;
    },
    toEnd: async () => {
      while (!closed) await changed();
      return received;
    },
    clear: () => {
      received = '';
    },
    destroy: () => {
      socket.destroy();
    },
  };
}
