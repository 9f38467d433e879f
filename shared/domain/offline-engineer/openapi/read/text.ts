/**
 * From text to data. Hostile input is expected: aliases that multiply, nesting that exhausts the stack, text that is
 * neither JSON nor YAML. Whatever is refused is quoted with its line.
 */

import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { err, ok } from '../../../../errors/result.ts';
import type { Result } from '../../../../errors/result.ts';
import type { Misunderstanding } from '../../app-model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject } from '../runtime/json.ts';
import type { SourceMap } from './pointers.ts';
import { parsePointer } from './pointers.ts';

/** The parsed document and where its parts stand in the text. */
export interface ParsedText {
  readonly document: JsonObject;
  readonly source: SourceMap;
}

const maximumDepth = 150;
const maximumAliases = 200;
const maximumNodes = 400_000;

/** Reads JSON when the text begins with `{`, YAML otherwise. */
export const parseText = (text: string): Result<ParsedText, readonly Misunderstanding[]> => {
  const lines = text.split('\n');
  const refuse = (line: number, reason: string): Result<ParsedText, readonly Misunderstanding[]> =>
    err([{ sentence: (lines[line - 1] ?? '').trim().slice(0, 200), line, reason }]);
  if (text.trim() === '') return refuse(1, 'The document is empty.');
  const isJson = /^\s*\{/.test(text.replace(/^\uFEFF/, ''));
  const parsed = isJson ? parseJson(text) : parseYaml(text);
  if (!parsed.ok) return refuse(parsed.error.line, parsed.error.reason);
  if (!isObject(parsed.value)) return refuse(1, 'The document is not an object with the field openapi.');
  const excess = excessOf(parsed.value);
  if (excess !== undefined) return refuse(1, excess);
  return ok({ document: toPlainJson(parsed.value), source: sourceMapOf(text, lines) });
};

interface ParseFailure {
  readonly line: number;
  readonly reason: string;
}

const parseJson = (text: string): Result<unknown, ParseFailure> => {
  const deepLine = lineOfExcessiveNesting(text);
  if (deepLine !== undefined) {
    return err({ line: deepLine, reason: `The JSON is nested deeper than ${maximumDepth} levels.` });
  }
  try {
    return ok(JSON.parse(text.replace(/^\uFEFF/, '')) as unknown);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error';
    const position = /position (\d+)/.exec(message)?.[1];
    const offset = position === undefined ? text.length : Number(position);
    return err({ line: text.slice(0, offset).split('\n').length, reason: `This is not valid JSON: ${message}.` });
  }
};

/** Found before parsing: brackets outside strings that open without closing. */
const lineOfExcessiveNesting = (text: string): number | undefined => {
  let depth = 0;
  let line = 1;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\n') line += 1;
    else if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > maximumDepth) return line;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return undefined;
};

const parseYaml = (text: string): Result<unknown, ParseFailure> => {
  const deepLine = lineOfExcessiveFlow(text);
  if (deepLine !== undefined) {
    return err({ line: deepLine, reason: `The YAML is nested deeper than ${maximumDepth} levels.` });
  }
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: 'core',
      version: '1.2',
      merge: true,
    });
    const failure = document.errors[0];
    if (failure !== undefined) {
      return err({
        line: Math.max(1, lineCounter.linePos(failure.pos[0]).line),
        reason: `This is not valid YAML: ${failure.message.split('\n')[0] ?? failure.code}.`,
      });
    }
    return ok(document.toJS({ maxAliasCount: maximumAliases }) as unknown);
  } catch (error) {
    return err({ line: 1, reason: yamlFailureReason(error) });
  }
};

const yamlFailureReason = (error: unknown): string => {
  if (error instanceof RangeError) return 'The YAML is nested too deeply.';
  const message = error instanceof Error ? error.message : 'unknown error';
  return /alias/i.test(message)
    ? `The YAML uses its aliases in a way that multiplies without bounds: ${message}.`
    : `This is not valid YAML: ${message}.`;
};

/** A run of opening brackets or list dashes can only be an attempt at exhausting the parser's stack. */
const lineOfExcessiveFlow = (text: string): number | undefined => {
  const run = /(?:[[{]\s*(?:(?:[\w"']+\s*)?:\s*)?){150}|(?:[-?]\s+){150}/.exec(text);
  if (run !== null) return text.slice(0, run.index).split('\n').length;
  const lines = text.split('\n');
  const deep = lines.findIndex((line) => line.length - line.trimStart().length > maximumDepth * 8);
  return deep === -1 ? undefined : deep + 1;
};

/** Counts what was parsed, without recursion, because aliases and nesting may have made it larger than the text. */
const excessOf = (root: unknown): string | undefined => {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    nodes += 1;
    if (nodes > maximumNodes)
      return `The document holds more than ${maximumNodes} values once its aliases are followed.`;
    if (next.depth > maximumDepth) return `The document is nested deeper than ${maximumDepth} levels.`;
    const { value, depth } = next;
    if (typeof value === 'object' && value !== null) {
      for (const child of Object.values(value)) pending.push({ value: child as unknown, depth: depth + 1 });
    }
  }
  return undefined;
};

/** YAML may yield dates, maps and shared parts; JSON text holds none of them. */
const toPlainJson = (value: JsonObject): JsonObject =>
  JSON.parse(
    JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)),
  ) as JsonObject;

/** The text is parsed for positions only when a refusal needs one. */
const sourceMapOf = (text: string, lines: readonly string[]): SourceMap => {
  let parsed: { readonly document: Document; readonly lineCounter: LineCounter } | undefined;
  return {
    lineOf: (pointer) => {
      if (parsed === undefined) {
        const lineCounter = new LineCounter();
        parsed = { document: parseDocument(text, { lineCounter, merge: true }), lineCounter };
      }
      const path = parsePointer(pointer);
      for (let length = path.length; length > 0; length -= 1) {
        const offset = offsetOf(parsed.document, path.slice(0, length));
        if (offset !== undefined) return parsed.lineCounter.linePos(offset).line;
      }
      return 1;
    },
    textOf: (line) => (lines[line - 1] ?? '').trim().slice(0, 200),
  };
};

const offsetOf = (document: Document, path: readonly string[]): number | undefined => {
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (const candidate of [path, steps]) {
    const node = document.getIn(candidate, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
};
