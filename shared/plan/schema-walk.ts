import * as z from 'zod';
import { plan } from './plan.ts';
import { valueAt } from './plan-places.ts';
import type { Path } from './problem.ts';

/** The part of the plan's schema that speaks of a path, chosen by the kinds that the value names. */
function schemaAt(value: unknown, path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = chosen(plan, value);
  for (const [depth, step] of path.entries()) {
    const next: z.core.$ZodType | undefined =
      schema instanceof z.ZodArray ? schema.element : schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined;
    schema = next && chosen(next, valueAt(value, path.slice(0, depth + 1)));
  }
  return schema;
}

/** The keys that may stand at a path. */
export function keysAt(value: unknown, path: Path): readonly string[] {
  const schema = schemaAt(value, path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What the schema says of a path, for people. */
export function descriptionAt(value: unknown, path: Path): string | undefined {
  const owner = schemaAt(value, path.slice(0, -1));
  const key = path.at(-1);
  if (!(owner instanceof z.ZodObject) || key === undefined) return undefined;
  return z.globalRegistry.get(owner.shape[String(key)])?.description;
}

/** Takes off what wraps a schema, and picks the option of a union that the value's kind names. */
function chosen(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return chosen(schema.unwrap(), value);
  }
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const key = schema.def.discriminator;
  return schema.options.find((option: z.core.$ZodType) => {
    const literal = option instanceof z.ZodObject ? option.shape[key] : undefined;
    return literal instanceof z.ZodLiteral && literal.value === valueAt(value, [key]);
  });
}
