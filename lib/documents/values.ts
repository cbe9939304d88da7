import { z } from 'zod';
import { type ExitCode as Code, exitCodes } from '../exit-code.js';
import type { TableName as Name } from '../sql/names.js';

/** What documents are made of. An unknown value is absent: never 0, never null. */

/** A number of things: rows, bytes, attempts. */
export const count = z.int().min(0);

/** Milliseconds, or another measure that need not be whole. */
export const amount = z.number().min(0);

/** ISO 8601, in UTC. */
export const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

export const version = z.literal(1);

export function list<T extends z.ZodType>(item: T) {
  return z.array(item).readonly();
}

export const TableName = z.object({ schema: z.string(), name: z.string() }) satisfies z.ZodType<Name>;

/** The code the process ends with. */
export const ExitCode = z.literal(Object.values(exitCodes)) satisfies z.ZodType<Code>;
