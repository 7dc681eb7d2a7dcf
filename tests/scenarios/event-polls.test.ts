import { embeddedBed } from './embedded-bed.ts';
import { eventScenarios } from './event-scenarios.ts';

eventScenarios(embeddedBed);
