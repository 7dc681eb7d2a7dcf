import { writeFileSync } from 'node:fs';
import { apiDocument, apiReference, REFERENCE } from './api-reference.ts';

writeFileSync(REFERENCE, apiReference(apiDocument()));
