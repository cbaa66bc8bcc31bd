/**
 * A server that takes pushes to one repository and is killed at the moment it is told to:
 * `node killable-receiver.ts <repository> <asked|allowed>`. Prints its port.
 * `asked`: git has asked whether the push may go on, and gets no answer. `allowed`: it has been answered, and goes on alone.
 */
import { createServer } from 'node:http';
import { advertiseRefs, Git, receivePack } from '../../src/platform/git/index.ts';

const [, , path = '', moment] = process.argv;
const repository = new Git().repository(path);

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'application/x-git-receive-pack-advertisement');
    advertiseRefs(repository, 'git-receive-pack', undefined).pipe(response);
    return;
  }
  response.setHeader('Content-Type', 'application/x-git-receive-pack-result');
  void receivePack(repository, request, () => {
    if (moment === 'asked') process.kill(process.pid, 'SIGKILL');
    // The answer is written when this promise has resolved: die right after that.
    else if (moment === 'allowed')
      queueMicrotask(() => queueMicrotask(() => setImmediate(() => process.kill(process.pid, 'SIGKILL'))));
    return Promise.resolve(undefined);
  }).then(({ output }) => output.pipe(response));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : address);
});
