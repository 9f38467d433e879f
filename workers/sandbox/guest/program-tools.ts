/**
 * The tools as functions. Calls go out one after the other in the order in which they were made, and the program goes
 * on after each before the next answer comes: so it takes the same course whenever it is given the same answers.
 */

/** The way out of the isolate. */
export interface ProgramGate {
  call(tool: string, argumentsJson: string): Promise<{ readonly content: string; readonly isError: boolean }>;
}

/** Thrown by a tool's function when the call failed; the message is the tool's. */
class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Why a value does not survive as JSON, with its place; undefined when it does. */
function problemOf(value: unknown, path: string, above: readonly unknown[]): string | undefined {
  switch (typeof value) {
    case 'bigint':
    case 'function':
    case 'symbol':
      return `${path} is a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${String(value)}`;
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return undefined;
  if (above.includes(value)) return `${path} contains itself`;
  const below = [...above, value];
  for (const [key, entry] of Object.entries(value)) {
    const problem = problemOf(entry, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, below);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Tools {
  readonly tools: Readonly<Record<string, (input?: unknown) => Promise<string>>>;
  /** Waits until no call is open. */
  readonly drain: () => Promise<void>;
}

export function createTools(names: readonly string[], gate: ProgramGate): Tools {
  // Taken before the program can put something else in its place.
  const later = globalThis.setTimeout;
  let last: Promise<unknown> = Promise.resolve();
  const call = async (name: string, input: unknown): Promise<string> => {
    const problem = problemOf(input, 'arguments', []);
    if (problem !== undefined) throw new TypeError(`${name}: ${problem}, which no tool can be given`);
    const turn = last;
    const made = (async () => {
      await turn;
      return await gate.call(name, JSON.stringify(input ?? {}));
    })();
    last = made
      .catch(() => undefined)
      .then(
        () =>
          new Promise((resolve) => {
            later(resolve, 0);
          }),
      );
    const { content, isError } = await made;
    if (isError) throw new ToolError(content);
    return content;
  };
  const functions = names.map((name) => [name, (input?: unknown) => call(name, input)] as const);
  const unknown = (name: string) => (input?: unknown) => call(name, input);
  return {
    // Names that are not there are asked for as well: who answers says why they may not be called.
    tools: new Proxy(Object.fromEntries(functions), {
      get: (target, name) =>
        typeof name === 'string' && name !== 'then' ? (target[name] ?? unknown(name)) : undefined,
    }),
    drain: async () => {
      for (let open = last; ; open = last) {
        await open;
        if (open === last) return;
      }
    },
  };
}
