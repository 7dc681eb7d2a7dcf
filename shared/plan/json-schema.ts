import * as z from 'zod';
import { plan } from './plan.ts';

/** The JSON Schema (2020-12) of plans as they are written, with descriptions and defaults: for editors and other tools. */
export function planJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(plan, { io: 'input', target: 'draft-2020-12' });
  return { ...schema, title: 'Slipway plan' };
}
