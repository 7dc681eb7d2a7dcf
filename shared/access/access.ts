import type { Role } from './role.ts';

/** Who may call an endpoint. */
export interface Access {
  /** The least role that may call it. */
  readonly role: Role;
  /**
   * Where the caller must have it. `run`: in the environment of the run that it names; `alert`: in that of the alert; `environment`: in that of its field
   * `environment`, the control plane's own where it is left out; `request`: in those that its function reads out of the request, `*` being every one;
   * `many`: in any, and it answers only what the caller may see; `plane`: in any.
   */
  readonly of: 'run' | 'alert' | 'environment' | 'request' | 'many' | 'plane';
}
