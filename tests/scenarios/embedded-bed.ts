import type { Bed } from './bed.ts';
import { Plane } from './plane.ts';

/** Each scenario has a control plane of its own, with its user code beside the plan. */
export const embeddedBed: Bed = {
  start: () => Plane.start(),
  code: (name) => `./tasks.ts#${name}`,
  target: (name) => `test/${name}`,
  leftOut: {},
};
