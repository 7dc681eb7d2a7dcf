export interface MachineSpec {
  /** `<name>.asl.json` beside this file. */
  readonly name: string;
  /** Functions whose ARNs are substituted for `${function:<name>}`. */
  readonly functions: readonly string[];
  /** Machines whose ARNs are substituted for `${machine:<name>}`. */
  readonly machines: readonly string[];
}

/** Every state machine of Slipway: infra/ deploys this list and local/ runs it. */
export const machines: readonly MachineSpec[] = [
  { name: 'run', functions: ['admit-run', 'validate-phase', 'finish-run'], machines: ['component', 'rollback'] },
  {
    name: 'component',
    functions: ['prepare-component', 'work-component', 'verify-component', 'request-approval', 'complete-component'],
    machines: ['batch', 'rollout'],
  },
  { name: 'batch', functions: ['work-segment'], machines: [] },
  { name: 'rollout', functions: ['clear-stage', 'shift-stage', 'judge-stage'], machines: [] },
  { name: 'rollback', functions: ['seize-run', 'undo-component', 'release-run'], machines: [] },
  { name: 'revoke', functions: ['revoke-secret'], machines: [] },
];
