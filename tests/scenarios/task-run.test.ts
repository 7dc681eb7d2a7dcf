import { embeddedBed } from './embedded-bed.ts';
import { taskScenarios } from './task-scenarios.ts';

taskScenarios(embeddedBed);
