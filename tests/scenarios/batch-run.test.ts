import { batchScenarios } from './batch-scenarios.ts';
import { embeddedBed } from './embedded-bed.ts';

batchScenarios(embeddedBed);
