import type { TestProject } from 'vitest/node';
import { startTestServer } from './test-server.ts';

/** Global set-up of the project `embedded`. */
export default (project: TestProject): Promise<() => Promise<void>> => startTestServer(project);
