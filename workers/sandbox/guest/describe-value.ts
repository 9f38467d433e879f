/** Any guest value as short text, with a limit on characters, depth and entries; never throws and calls no getter. */
import {
  asText,
  dateText,
  execPattern,
  functionText,
  isArray,
  isSame,
  mapForEach,
  ownKeys,
  patternText,
  propertyOf,
  prototypeOf,
  quote,
  setForEach,
  sliceText,
  symbolText,
  tagOf,
  weakMapGet,
  weakMapSet,
} from './primordials.ts';

interface Printer {
  left: number;
  depth: number;
  text: string;
  /** A line for each entry. */
  readonly lines: boolean;
}

interface Label {
  readonly name: string;
  readonly wanted: unknown;
}

const labels = new WeakMap<object, Label>();

/** Makes an object print as `name(wanted)`, or as `name` when nothing is wanted. */
export function setLabel(value: object, name: string, wanted: unknown): void {
  weakMapSet(labels, value, { name, wanted });
}

const maxDepth = 6;
const maxEntries = 50;

/** On one line, or with `lines` with a line for each field and item. */
export function describeValue(value: unknown, maxCharacters = 2_000, lines = false): string {
  const printer: Printer = { left: maxCharacters, depth: 0, text: '', lines };
  print(printer, value);
  return printer.left <= 0 ? `${sliceText(printer.text, 0, maxCharacters)}…` : printer.text;
}

function write(printer: Printer, text: string): void {
  if (printer.left <= 0) return;
  const part = text.length > printer.left ? sliceText(text, 0, printer.left) : text;
  printer.text += part;
  printer.left -= text.length;
}

/** What stands between two entries, or between a bracket and the entry next to it. */
function gap(printer: Printer, inOneLine: string, isClosing = false): string {
  if (!printer.lines) return inOneLine;
  const depth = isClosing ? printer.depth - 1 : printer.depth;
  let indent = '';
  for (let level = 0; level < depth; level += 1) indent += '  ';
  return `${inOneLine === ', ' ? ',' : ''}\n${indent}`;
}

function print(printer: Printer, value: unknown): void {
  if (printer.left <= 0) return;
  if (typeof value === 'string') {
    write(printer, quote(value.length > printer.left ? sliceText(value, 0, printer.left) : value));
  } else if (typeof value === 'bigint') write(printer, `${value}n`);
  else if (typeof value === 'symbol') write(printer, symbolText(value));
  else if (isSame(value, -0)) write(printer, '-0');
  else if (typeof value === 'function') write(printer, functionLabel(value));
  else if (typeof value !== 'object' || value === null) write(printer, asText(value));
  else if (printer.depth >= maxDepth) write(printer, isArray(value) ? '[…]' : '{…}');
  else {
    printer.depth += 1;
    try {
      printObject(printer, value);
    } catch {
      // A proxy may refuse to be read; what it says instead is not worth more than this.
      write(printer, '[unreadable object]');
    }
    printer.depth -= 1;
  }
}

function functionLabel(value: object): string {
  const isClass = execPattern(/^class\b/, functionText(value)) !== null;
  const name = propertyOf(value, 'name')?.value as unknown;
  const label = typeof name === 'string' && name !== '' ? name : 'anonymous';
  return isClass ? `[class ${label}]` : `[function ${label}]`;
}

/** The name of the class of an object; empty for plain objects and arrays. */
export function className(value: object): string {
  const prototype = prototypeOf(value) as object | null;
  if (prototype === null) return '';
  const constructor = propertyOf(prototype, 'constructor')?.value as unknown;
  const name = typeof constructor === 'function' ? (propertyOf(constructor, 'name')?.value as unknown) : '';
  return typeof name === 'string' && name !== 'Object' && name !== 'Array' ? name : '';
}

function printObject(printer: Printer, value: object): void {
  const label = weakMapGet(labels, value);
  if (label !== undefined) {
    write(printer, label.name);
    if (label.wanted === undefined) return;
    write(printer, '(');
    print(printer, label.wanted);
    write(printer, ')');
    return;
  }
  const tag = tagOf(value);
  if (isArray(value)) printArray(printer, value);
  else if (value instanceof Error) write(printer, errorText(value));
  else if (tag === '[object Date]') write(printer, dateLabel(value as Date));
  else if (tag === '[object RegExp]') write(printer, patternText(value));
  else if (tag === '[object Map]') printMap(printer, value as Map<unknown, unknown>);
  else if (tag === '[object Set]') printSet(printer, value as Set<unknown>);
  else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    write(printer, `${className(value)} `);
    printArray(printer, value as unknown as ArrayLike<unknown>);
  } else printFields(printer, value);
}

function dateLabel(value: Date): string {
  try {
    return dateText(value);
  } catch {
    return 'Invalid Date';
  }
}

/** `Name: message` of an error, read from data properties only. */
export function errorText(error: Error): string {
  const message = readText(error, 'message');
  const name = readText(error, 'name') ?? 'Error';
  return message === undefined || message === '' ? name : `${name}: ${message}`;
}

/** A text property of an object or of its prototypes, without calling a getter. */
export function readText(value: object, key: string): string | undefined {
  let holder: object | null = value;
  for (let depth = 0; holder !== null && depth < 10; depth += 1) {
    const property = propertyOf(holder, key);
    if (property !== undefined) return typeof property.value === 'string' ? property.value : undefined;
    holder = prototypeOf(holder) as object | null;
  }
  return undefined;
}

function printArray(printer: Printer, value: ArrayLike<unknown>): void {
  write(printer, '[');
  for (let index = 0; index < value.length && printer.left > 0; index += 1) {
    write(printer, gap(printer, index > 0 ? ', ' : ''));
    if (index === maxEntries) {
      write(printer, `… ${value.length - index} more`);
      break;
    }
    const property = propertyOf(value, asText(index));
    if (property === undefined) write(printer, '<empty>');
    else print(printer, property.value);
  }
  write(printer, value.length === 0 ? ']' : `${gap(printer, '', true)}]`);
}

function printMap(printer: Printer, value: Map<unknown, unknown>): void {
  write(printer, 'Map {');
  let count = 0;
  mapForEach(value, (item: unknown, key: unknown) => {
    if (printer.left <= 0) return;
    write(printer, gap(printer, count === 0 ? ' ' : ', '));
    count += 1;
    print(printer, key);
    write(printer, ' => ');
    print(printer, item);
  });
  write(printer, count === 0 ? '}' : `${gap(printer, ' ', true)}}`);
}

function printSet(printer: Printer, value: Set<unknown>): void {
  write(printer, 'Set {');
  let count = 0;
  setForEach(value, (item: unknown) => {
    if (printer.left <= 0) return;
    write(printer, gap(printer, count === 0 ? ' ' : ', '));
    count += 1;
    print(printer, item);
  });
  write(printer, count === 0 ? '}' : `${gap(printer, ' ', true)}}`);
}

function printFields(printer: Printer, value: object): void {
  const label = className(value);
  write(printer, label === '' ? '{' : `${label} {`);
  const keys = ownKeys(value);
  for (let index = 0; index < keys.length && printer.left > 0; index += 1) {
    const key = keys[index];
    if (key === undefined) continue;
    const property = propertyOf(value, key);
    if (property === undefined || property.enumerable !== true) continue;
    write(printer, gap(printer, index === 0 ? ' ' : ', '));
    if (index === maxEntries) {
      write(printer, `… ${keys.length - index} more`);
      break;
    }
    write(printer, typeof key === 'symbol' ? `[${symbolText(key)}]` : fieldName(key));
    write(printer, ': ');
    if ('value' in property) print(printer, property.value);
    else write(printer, '[getter]');
  }
  write(printer, keys.length === 0 ? '}' : `${gap(printer, ' ', true)}}`);
}

function fieldName(key: string): string {
  return execPattern(/^[A-Za-z_$][\w$]*$/, key) === null ? quote(key) : key;
}
