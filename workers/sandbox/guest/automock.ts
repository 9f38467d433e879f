/** A stand-in for all that a module exports: functions answer undefined and record their calls, data is kept. */
import { createMock, spyOn } from './mock-function.ts';

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

/** With `spies` functions go on doing what they did. */
export function automock(exported: unknown, spies: boolean): unknown {
  return copy(exported, spies, new Map());
}

function copy(value: unknown, spies: boolean, seen: Map<unknown, unknown>): unknown {
  if (seen.has(value)) return seen.get(value);
  if (typeof value === 'function') return copyFunction(value as AnyFunction, spies, seen);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return spies ? value : [];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || 'default' in value;
  if (!isPlain && Object.prototype.toString.call(value) !== '[object Object]') return value;
  const target: object = isPlain ? {} : (Object.create(prototype as object) as object);
  seen.set(value, target);
  copyFields(value, target, spies, seen);
  if (!isPlain) copyFields(prototype as object, target, spies, seen);
  return target;
}

function copyFunction(value: AnyFunction, spies: boolean, seen: Map<unknown, unknown>): unknown {
  const prototype = value.prototype as object | undefined;
  const methods =
    prototype === undefined ? [] : Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  const mock = createMock(spies ? value : undefined);
  seen.set(value, mock);
  mock.mockName(value.name);
  if (prototype !== undefined && (methods.length > 0 || /^class\b/.test(Function.prototype.toString.call(value)))) {
    const own = Object.create(Object.getPrototypeOf(prototype) as object | null) as object;
    Object.defineProperty(own, 'constructor', { value: mock, configurable: true, writable: true });
    Object.defineProperty(mock, 'prototype', { value: spies ? prototype : own, writable: true });
    if (spies) for (const name of methods) spyOnMethod(prototype, name);
    else copyFields(prototype, own, spies, seen);
  }
  copyFields(value, mock, spies, seen);
  return mock;
}

function spyOnMethod(prototype: object, name: string): void {
  if (typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function') spyOn(prototype, name);
}

const ownOfFunctions: ReadonlySet<PropertyKey> = new Set([
  'length',
  'name',
  'prototype',
  'arguments',
  'caller',
  'constructor',
]);

/** Undefined where a getter works on instances only. */
function valueNow(source: object, key: PropertyKey): unknown {
  try {
    return (source as Record<PropertyKey, unknown>)[key];
  } catch {
    // What the getter throws is for those who call it on an instance.
    return undefined;
  }
}

function copyFields(source: object, target: object, spies: boolean, seen: Map<unknown, unknown>): void {
  for (const key of Reflect.ownKeys(source)) {
    if (ownOfFunctions.has(key) && (typeof source === 'function' || key === 'constructor')) continue;
    if (Object.hasOwn(target, key)) continue;
    const property = Object.getOwnPropertyDescriptor(source, key);
    if (property === undefined) continue;
    // A getter of an export is how a live binding looks; its present value stands for it.
    const value: unknown = 'value' in property ? property.value : valueNow(source, key);
    // Who spreads a mocked module into another object means a module by that.
    const enumerable = property.enumerable !== false || key === '__esModule';
    Object.defineProperty(target, key, {
      value: copy(value, spies, seen),
      writable: true,
      configurable: true,
      enumerable,
    });
  }
}
