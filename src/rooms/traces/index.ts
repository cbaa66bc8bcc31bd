export { archiveTraces } from './archive-trace.ts';
export { extractCoverage } from './extract-coverage.ts';
export { readTrace } from './read-trace.ts';
export { traceRoutes } from './routes.ts';
export { deleteTrace, findArchivedSizes, findTrace, recordChecksum } from './store.ts';
