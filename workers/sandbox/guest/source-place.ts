/** Where in the source an error comes from, read from its stack. */
import { asNumber, bare, execPattern, mapGet, mapHas, sliceText, splitText } from './primordials.ts';

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

let sourceByModule: ReadonlyMap<string, string> = new Map();

/** Tells which source file each module was built from. */
export function setSources(sources: ReadonlyMap<string, string>): void {
  sourceByModule = sources;
  Error.stackTraceLimit = 40;
}

const frame = /([^\s()]+):(\d+):\d+\)?$/;

/** The innermost place in a source file, or in the given file when `only` is set. */
export function placeOf(error: unknown, only?: string): SourcePlace | undefined {
  const stack = stackOf(error);
  if (stack === undefined) return undefined;
  const lines = splitText(stack, '\n');
  for (let index = 0; index < lines.length; index += 1) {
    const match = execPattern(frame, lines[index] ?? '');
    if (match === null) continue;
    const name = match[1] ?? '';
    const module = name[0] === '/' ? sliceText(name, 1) : name;
    if (!mapHas(sourceByModule, module)) continue;
    const file = mapGet(sourceByModule, module) ?? module;
    if (only === undefined || file === only) return bare({ file, line: asNumber(match[2]) });
  }
  return undefined;
}

function stackOf(error: unknown): string | undefined {
  try {
    const stack = (error as { stack?: unknown } | null | undefined)?.stack;
    return typeof stack === 'string' ? sliceText(stack, 0, 20_000) : undefined;
  } catch {
    // The stack of a guest's own error class may be a getter that throws: then there is no place.
    return undefined;
  }
}

/** Where the calling test file stands at this moment. */
export function presentPlace(file: string | undefined): SourcePlace | undefined {
  return placeOf(new Error('place'), file);
}

/** The outermost place in the file that is on the stack now: where a test calls what calls this. */
export function callPlace(file: string): SourcePlace | undefined {
  return placeOf(new Error('place'), file);
}
