import { writeFileSync } from 'node:fs';
import { allRoutes } from './routes/all-routes.ts';
import { routeDocuments } from './routes/route-documents.ts';

for (const [path, text] of routeDocuments(allRoutes())) writeFileSync(path, text);
