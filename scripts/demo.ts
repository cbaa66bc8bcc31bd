import { runDemo } from '../demo/run-demo.ts';

process.exitCode = await runDemo();
