import { heading } from './figures.ts';
import { projectOf, projectOfIncludes } from './lang/generate.ts';
import { benchInProcess } from './lang/in-process.ts';
import { benchWholeProcess } from './lang/whole-process.ts';

/**
 * `npm run bench:lang`: what the compiler costs, in process beside a bare reading of the same YAML, and as the whole
 * process `penstock lint` beside `gitlab-ci-local --list` on the same files in the same run.
 */
const projects = [projectOf(10), projectOf(200), projectOf(2000), projectOfIncludes(100, 5)];

heading('in process');
await benchInProcess(projects);

heading('the whole process');
await benchWholeProcess(projects);
