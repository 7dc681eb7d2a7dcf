/**
 * States that a call of a function goes with in our machines, its own and those that only lead there, each start of an execution as one:
 * together with those of its levels they are what a run without waits and repeats goes through. A call that may write nothing, and so
 * has nothing to carry what it used, leaves its states to one that writes.
 */
const TRANSITIONS: { readonly [name: string]: number } = {
  // The run's own frame: it begins, and asks for the first level.
  'admit-run': 4,
  // A component's frame: chosen, started, prepared, ended, answered.
  'prepare-component': 9,
  'work-component': 2,
  // A batch's child of the Map: started, begun, answered.
  'work-segment': 5,
  // With the verification before it.
  'complete-component': 3,
  'request-approval': 1,
  'clear-stage': 2,
  'shift-stage': 2,
  'judge-stage': 3,
  'finish-run': 4,
  'seize-run': 5,
  'undo-component': 5,
  'release-run': 4,
};

/** Of a level: asked for, entered, left, validated. */
export const LEVEL = 5;

/** Of a function by its name, also as it is deployed: that ends with it. */
export const transitionsOf = (functionName: string): number =>
  Object.entries(TRANSITIONS).find(([name]) => functionName.endsWith(name))?.[1] ?? 0;
