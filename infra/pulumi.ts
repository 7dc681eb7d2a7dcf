/** What other Pulumi programs import as `slipway/pulumi`. */
export { Guardrail, type GuardrailArgs } from './components/guardrail.ts';
export { RotatedSecret } from './components/rotated-secret.ts';
export type { RotatedSecretArgs } from './components/rotated-secret-args.ts';
export { Task, type TaskArgs } from './components/task.ts';
export { ControlPlane, type ControlPlaneArgs } from './control-plane.ts';
