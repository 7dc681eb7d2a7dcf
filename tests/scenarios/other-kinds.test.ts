import { embeddedBed } from './embedded-bed.ts';
import { kindScenarios } from './kind-scenarios.ts';

kindScenarios(embeddedBed);
