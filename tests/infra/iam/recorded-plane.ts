import type { Bed, ScenarioPlane } from '../../scenarios/bed.ts';
import type { Plane } from '../../scenarios/plane.ts';

/** A control plane whose functions are recorded while it is used: embedded, or deployed on a peer. */
export interface RecordedPlane extends ScenarioPlane, Pick<Plane, 'send' | 'token' | 'tokenOf' | 'invoke' | 'tables'> {}

/** What a person does with it, so that its functions come to do what they are granted. `code`: how plans name the user code. */
export type Recording = (plane: RecordedPlane, code: Bed['code']) => Promise<void>;

export type Recordings = { readonly [name: string]: Recording };
