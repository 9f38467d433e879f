/**
 * The main module of a program's isolate: makes the isolate's clock and chance the same in each run, offers the tools as
 * functions, and runs the program. What it does is only for the program's own good: calls are counted and bounded
 * outside, so a program that tampers with this module deceives nobody but itself.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { refuel } from './fuel.ts';
import { makeRepeatable } from './program-world.ts';
import { createTools, type ProgramGate } from './program-tools.ts';

/** What the host tells the isolate, as JSON. */
export interface ProgramPlan {
  readonly module: string;
  readonly tools: readonly string[];
  readonly startedAt: number;
  readonly seed: string;
  readonly fuel: number;
}

/** As JSON, what `JSON.stringify` would leave out or change told as an error with its place. */
function toJson(value: unknown, path: string, above: readonly unknown[] = []): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object') {
    const what = typeof value === 'number' ? String(value) : `a ${typeof value}`;
    throw new TypeError(`${path} is ${what}, which JSON cannot hold`);
  }
  if (above.includes(value)) throw new TypeError(`${path} contains itself, which JSON cannot hold`);
  const below = [...above, value];
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map || value instanceof Set) return toJson([...value], path, below);
  if (Array.isArray(value)) {
    return value.map((entry, index) => toJson(entry ?? null, `${path}[${String(index)}]`, below));
  }
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, toJson(entry, `${path}.${key}`, below)]));
}

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : `It threw ${String(cause)}`;
}

export class ProgramRunner extends WorkerEntrypoint {
  /** Answers `{ ok: true, valueJson }` or `{ ok: false, reason }`, with the printed lines, as JSON. */
  async run(planText: string, gate: ProgramGate): Promise<string> {
    const plan = JSON.parse(planText) as ProgramPlan;
    const { tools, drain } = createTools(plan.tools, gate);
    const printed = makeRepeatable(plan);
    refuel(plan.fuel);
    try {
      const loaded = (await import(`/${plan.module}`)) as { default?: unknown };
      const main = loaded.default;
      if (typeof main !== 'function') {
        throw new TypeError('The module has no default export that is a function');
      }
      const value: unknown = await main(tools);
      // Calls that were made and not waited for are done before the end, in each run alike.
      await drain();
      return JSON.stringify({ ok: true, valueJson: JSON.stringify(toJson(value ?? null, 'the result')), printed });
    } catch (cause) {
      await drain();
      return JSON.stringify({ ok: false, reason: describe(cause), printed });
    }
  }
}
