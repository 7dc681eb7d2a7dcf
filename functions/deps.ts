import type { MachineRoles } from '../shared/access/machine-roles.ts';
import type { Limits } from '../shared/admission/limits.ts';
import type { PlanFacts, Reference } from '../shared/plan/references.ts';
import type { Alarms } from '../shared/ports/alarms.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';
import type { Http } from '../shared/ports/http.ts';
import type { Metrics } from '../shared/ports/metrics.ts';
import type { Notifier } from '../shared/ports/notifier.ts';
import type { OldCredentials } from '../shared/ports/old-credentials.ts';
import type { RecordTransform } from '../shared/ports/record-transform.ts';
import type { Rotations } from '../shared/ports/rotations.ts';
import type { Scheduler } from '../shared/ports/scheduler.ts';
import type { Secrets } from '../shared/ports/secrets.ts';
import type { Tables } from '../shared/ports/tables.ts';
import type { UserCode } from '../shared/ports/user-code.ts';
import type { WebhookKey } from '../shared/ports/webhook-key.ts';
import type { WebhookSender } from '../shared/ports/webhook-sender.ts';
import type { RunDeps } from '../shared/run/run-access.ts';
import type { Observer } from './observer.ts';

/** Where the functions that plans name are found. `baseDir` is the plan's folder, where the control plane is embedded. */
export interface CodeSource {
  userCode(baseDir: string | undefined): UserCode;
  /** Nothing is asked of it after `until` (epoch ms). */
  transform(baseDir: string | undefined, ref: string, until: number): Promise<RecordTransform>;
  /** What is known of the functions among the references. */
  facts(baseDir: string | undefined, references: readonly Reference[]): Promise<Omit<PlanFacts, 'tables'>>;
}

/** Who is given roles how, beside what the embedded control plane gives itself. */
export interface AccessPolicy {
  /** The claim of a JWT that holds its roles. */
  readonly rolesClaim: string;
  /** Absent: whoever IAM lets call a route may do what it does. */
  readonly machines?: MachineRoles | undefined;
}

/** All that a function reaches: made from the environment on AWS, and by the embedded control plane otherwise. */
export interface Deps extends RunDeps {
  readonly artefacts: Artefacts;
  readonly tables: Tables;
  readonly code: CodeSource;
  readonly http: Http;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly notifier: Notifier;
  readonly scheduler: Scheduler;
  readonly sender: WebhookSender;
  readonly webhookKey: WebhookKey;
  /** Those that are rotated. */
  readonly secrets: Secrets;
  readonly rotations: Rotations;
  readonly oldCredentials: OldCredentials;
  readonly environment: string;
  readonly access: AccessPolicy;
  /** Absent: nobody watches. */
  readonly observer?: Observer;
  readonly limits: Limits;
  /** How long what has ended is kept, ms. */
  readonly retention: number;
  /** How long the audit trail of a run is kept after the run, ms. */
  readonly auditRetention: number;
}
