import type { RotatedSystem } from '../../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import type { PlaneOptions, RotationPlane } from './rotation-plane.ts';

/** What a real server gives to the scenarios that every system must pass. */
export interface ServerBed {
  readonly system: RotatedSystem;
  /** A new credential at the server, and the secret that holds it; a user of its own each time. */
  readonly fresh: () => Promise<SecretFields>;
  /** Where the system needs one: who may change the credentials of all. */
  readonly master?: SecretFields | undefined;
  /** Whether a client of the server's own makers is let in. */
  readonly letsIn: (fields: SecretFields) => Promise<boolean>;
  /** The server ends at once, and comes back. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  /** Everything that the server has logged. */
  readonly log: () => Promise<string>;
  /** What no log may hold of a credential; its password unless told otherwise. */
  readonly clear?: (fields: SecretFields) => string;
  /** The server makes the next credential, and only for the current one. */
  readonly byCurrentOnly?: boolean;
  /** The same account with a credential that the server has never heard of; another password unless told otherwise. */
  readonly wrong?: (fields: SecretFields) => SecretFields;
}

/** A new credential at the server, the secret that holds it, and rotations of it; `secret` changes what the secret says. */
export type Opened = (options?: PlaneOptions, secret?: (fields: SecretFields) => SecretFields) => Promise<RotationPlane>;

export const wrongOf = ({ wrong = (fields) => ({ ...fields, password: 'never-set' }) }: ServerBed, fields: SecretFields) =>
  wrong(fields);

export const clearOf = ({ clear = ({ password }) => String(password) }: ServerBed, fields: SecretFields) => clear(fields);
