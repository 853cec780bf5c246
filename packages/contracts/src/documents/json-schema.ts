import { z } from 'zod';
import { componentNames, componentSchemas } from './components.js';
import type { Json, JsonObject } from './document.js';

/** `input`: what a client may send (defaults optional). `output`: what a client gets (every field present). */
export type Direction = 'input' | 'output';

const anyJson: JsonObject = { description: 'Any JSON value.' };

/** JSON Schema (2020-12) of a contract's schema, as it stands in both documents; named views become references. */
export function jsonSchemaOf(schema: z.ZodType, direction: Direction): JsonObject {
  const named = componentNames.get(schema);
  return named !== undefined && direction === 'output' ? referenceTo(named) : inlineSchemaOf(schema, direction);
}

/** The same, written out at the top level: what a component consists of. */
function inlineSchemaOf(schema: z.ZodType, direction: Direction): JsonObject {
  const raw = z.toJSONSchema(schema, {
    io: direction,
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      // The same objects, seen through the types of zod's core.
      const part = zodSchema as unknown as z.ZodType;
      const name = componentNames.get(part);
      if (name === undefined || part === schema || direction === 'input') return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = `#/components/schemas/${name}`;
    },
  });
  return tidyObject(raw as unknown as JsonObject);
}

export const referenceTo = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** Leaves out what says nothing to a reader: safe-integer bounds, patterns that repeat a format, closed objects (clients must tolerate new fields). */
function tidyObject(node: JsonObject): JsonObject {
  // The only recursive schema of the contracts is "any JSON".
  if (typeof node.$ref === 'string' && node.$ref.startsWith('#/$defs/')) return anyJson;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !isNoise(node, key, value))
      .map(([key, value]) => [key, tidy(value)]),
  );
}

function tidy(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => tidy(item));
  return typeof value === 'object' && value !== null ? tidyObject(value as JsonObject) : value;
}

function isNoise(node: JsonObject, key: string, value: Json): boolean {
  switch (key) {
    case '$schema':
    case '$defs':
    case 'propertyNames':
      return true;
    case 'additionalProperties':
      return value === false;
    case 'minimum':
      return value === Number.MIN_SAFE_INTEGER;
    case 'maximum':
      return value === Number.MAX_SAFE_INTEGER;
    case 'pattern':
      return node.format === 'uuid' || node.format === 'date-time';
    default:
      return false;
  }
}

/** The components that references point to. */
export function namedSchemas(): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(componentSchemas).map(([name, schema]) => [name, inlineSchemaOf(schema, 'output')]));
}
