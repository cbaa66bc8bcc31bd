import { createSocket, type RemoteInfo } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import type { ResolveHost } from '../../src/platform/net/index.ts';

/** The IPv4 addresses of a name when it is asked for the n-th time (from 1). */
export type Answers = (name: string, count: number) => readonly string[];

const HEADER = 12;
/** Flags: an answer of an authority, no error; a name that is not there. */
const FOUND = 0x84_00;
const NOT_FOUND = 0x84_03;

/** Where the question's name ends, and the name. */
const readName = (message: Buffer): { readonly name: string; readonly end: number } => {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
};

/** A record of the question's name that is forgotten at once. */
const recordOf = (address: string): Buffer =>
  Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);

const answerTo = (message: Buffer, addresses: readonly string[], questionEnd: number): Buffer => {
  const header = Buffer.alloc(HEADER);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(addresses.length > 0 ? FOUND : NOT_FOUND, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, message.subarray(HEADER, questionEnd + 4), ...addresses.map(recordOf)]);
};

/** A real DNS server on 127.0.0.1 that may change its mind, and a resolver that asks it and keeps nothing. */
export const startDnsServer = async (answers: Answers) => {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const { name, end } = readName(message);
    asked.push(name);
    const count = asked.filter((one) => one === name).length;
    socket.send(answerTo(message, answers(name, count), end), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const resolve: ResolveHost = (name) => resolver.resolve4(name);
  return {
    resolve,
    /** The names of all questions, in their order. */
    asked: asked as readonly string[],
    close: async (): Promise<void> => {
      resolver.cancel();
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
};
