import { runRunnerProcess } from '../main-loop.ts';

/** A runner as a process of its own, for tests that kill it: `start-runner.ts <url> <token> <stateDir>`. */
const [url = '', token = '', stateDir = ''] = process.argv.slice(2);
await runRunnerProcess({
  url,
  token,
  stateDir,
  concurrency: 2,
  logFile: `${stateDir}.log`,
  grace: 2000,
  timing: { keepAlive: 100 },
});
