/** What other Pulumi programs import as `slipway/pulumi`. */
export { Task, type TaskArgs } from './components/task.ts';
export { ControlPlane, type ControlPlaneArgs } from './control-plane.ts';
