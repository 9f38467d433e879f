/** Replaces the console of an isolate: lines are kept as text up to a limit, and nothing reaches the process's output. */
import { describeValue } from './describe-value.ts';
import type { List } from './primordials.ts';
import { bare, defineProperty, freeze, listOf, push, sliceText } from './primordials.ts';

export interface ConsoleLine {
  readonly level: string;
  readonly text: string;
  /** Full name of the test that was running. */
  readonly test: string | undefined;
}

const limits = { lines: 500, lineCharacters: 2_000, totalCharacters: 64_000 } as const;

const lines: List<ConsoleLine> = listOf();
let charactersLeft: number = limits.totalCharacters;
let isCutOff = false;
let testName: string | undefined;

/** Called by the runner when a test begins and ends. */
export function nameConsole(name: string | undefined): void {
  testName = name;
}

export function capturedConsole(): List<ConsoleLine> {
  return lines;
}

/** To be called before guest code is loaded. */
export function captureConsole(): void {
  const replacement: Record<string, unknown> = {};
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table']) {
    replacement[level] = (...values: unknown[]): void => keep(level, values);
  }
  replacement['assert'] = (condition: unknown, ...values: unknown[]): void => {
    if (!condition) keep('error', values);
  };
  for (const name of ['group', 'groupCollapsed', 'groupEnd', 'time', 'timeEnd', 'timeLog', 'count', 'clear']) {
    replacement[name] = (): void => undefined;
  }
  defineProperty(
    globalThis,
    'console',
    bare({ value: replacement, writable: true, configurable: true, enumerable: false }),
  );
}

/** Adds a line as if the guest had printed it. */
export function keepLine(level: string, text: string): void {
  if (isCutOff) return;
  if (lines.length === limits.lines || text.length > charactersLeft) {
    isCutOff = true;
    push(lines, freeze(bare({ level: 'warn', text: 'More output was cut off here.', test: undefined })));
    return;
  }
  charactersLeft -= text.length;
  push(lines, freeze(bare({ level, text, test: testName })));
}

function keep(level: string, values: unknown[]): void {
  let text = '';
  for (let index = 0; index < values.length && text.length < limits.lineCharacters; index += 1) {
    const value = values[index];
    text += index === 0 ? '' : ' ';
    text += typeof value === 'string' ? sliceText(value, 0, limits.lineCharacters) : describeValue(value);
  }
  keepLine(level, sliceText(text, 0, limits.lineCharacters));
}
