import { writeFileSync } from 'node:fs';
import { allRoutes } from './all-routes.ts';
import { routeDocuments } from './route-documents.ts';

for (const [path, text] of routeDocuments(allRoutes())) writeFileSync(path, text);
