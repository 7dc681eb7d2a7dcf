import * as z from 'zod';

/** JSON Schema 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Where every recursive schema that is any JSON leads. */
const ANY_JSON = 'Json';

/**
 * zod schemas as JSON Schema whose references hold inside an OpenAPI document. What JSON Schema cannot say, such as a relation
 * between two fields, is left out: the document then allows more than the endpoint.
 */
export class SchemaShelf {
  readonly #schemas: Record<string, JsonSchema> = {};

  /** Named schemas, for `components`. */
  get schemas(): { readonly [name: string]: JsonSchema } {
    return this.#schemas;
  }

  /** Puts the schema on the shelf and answers a reference to it. */
  named(name: string, schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    this.#schemas[name] ??= this.inline(name, schema, io);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** `name`: what its own recursive parts are called after. */
  inline(name: string, schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs = {}, ...found } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
    const places = new Map(
      Object.entries($defs).map(([key, part]) => [`#/$defs/${key}`, isAnyJson(key, part) ? ANY_JSON : `${name}-${key}`]),
    );
    for (const [key, part] of Object.entries($defs)) {
      const place = places.get(`#/$defs/${key}`) ?? key;
      this.#schemas[place] = place === ANY_JSON ? { description: 'Any JSON value.' } : relocated(part, places);
    }
    return relocated(found, places);
  }
}

/** What z.json() becomes: a union that ends in lists and mappings of itself. */
function isAnyJson(key: string, part: unknown): boolean {
  const self = { $ref: `#/$defs/${key}` };
  const { anyOf } = part as { anyOf?: readonly unknown[] };
  return anyOf?.some((one) => JSON.stringify(one) === JSON.stringify({ type: 'array', items: self })) === true;
}

/** The same with its references into `$defs` leading to where those are now. */
function relocated(value: unknown, places: ReadonlyMap<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(value), (key, inner) => {
    const place = key === '$ref' ? places.get(inner) : undefined;
    return place === undefined ? inner : `#/components/schemas/${place}`;
  });
}
