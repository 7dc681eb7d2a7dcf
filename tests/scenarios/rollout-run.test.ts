import { embeddedBed } from './embedded-bed.ts';
import { rolloutScenarios } from './rollout-scenarios.ts';

rolloutScenarios(embeddedBed);
