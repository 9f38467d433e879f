/**
 * The built-in functions as they were before any guest code ran. The sandbox's modules use these and plain `for`
 * loops, so that a guest which changes a prototype changes its own view and not the report.
 */

// Methods are taken off their prototypes on purpose: `detached` gives each its `this` again.
// The signature of each is stated where it is taken off, as the type argument.
/* oxlint-disable typescript/unbound-method, typescript/no-unnecessary-type-parameters */

const { apply } = Reflect;

/** Turns a method into a function of the given signature that takes `this` first. */
function detached<Signature extends (self: never, ...rest: never[]) => unknown>(
  method: (...rest: never[]) => unknown,
): Signature {
  const call = (self: unknown, ...rest: unknown[]): unknown => apply(method, self, rest);
  return call as unknown as Signature;
}

export const applyFunction = apply;
export const quote: (text: string) => string = JSON.stringify;
export const parseJson = JSON.parse;
export const isArray = Array.isArray;
export const isSame = Object.is;
export const ownKeys = Reflect.ownKeys;
export const freeze = Object.freeze;
export const prototypeOf = Object.getPrototypeOf;
const setPrototype = Object.setPrototypeOf;
export const defineProperty = Object.defineProperty;
export const propertyOf = Object.getOwnPropertyDescriptor;
export const asText = String;
export const asNumber = Number;
export const now = performance.now.bind(performance);
export const schedule: (callback: () => void, delayMs: number) => unknown = setTimeout.bind(globalThis);
export const unschedule: (timer: unknown) => void = (timer) => {
  apply(nativeClearTimeout, globalThis, [timer as number]);
};
const nativeClearTimeout = clearTimeout;

export const hasOwn = detached<(self: object, key: PropertyKey) => boolean>(Object.prototype.hasOwnProperty);
export const tagOf = detached<(self: unknown) => string>(Object.prototype.toString);
export const sliceText = detached<(self: string, start: number, end?: number) => string>(String.prototype.slice);
export const splitText = detached<(self: string, separator: string) => string[]>(String.prototype.split);
export const includesText = detached<(self: string, part: string) => boolean>(String.prototype.includes);
export const replaceText = detached<
  (self: string, pattern: RegExp, replacement: (...match: string[]) => string) => string
>(String.prototype.replace);
export const symbolText = detached<(self: symbol) => string>(Symbol.prototype.toString);
export const execPattern = detached<(self: RegExp, text: string) => RegExpExecArray | null>(RegExp.prototype.exec);
export const patternText = detached<(self: object) => string>(RegExp.prototype.toString);
export const functionText = detached<(self: object) => string>(Function.prototype.toString);
export const dateValue = detached<(self: object) => number>(Date.prototype.getTime);
export const dateText = detached<(self: object) => string>(Date.prototype.toISOString);
export const mapForEach = detached<
  (self: ReadonlyMap<unknown, unknown>, visit: (value: unknown, key: unknown) => void) => void
>(Map.prototype.forEach);
export const mapHas = detached<(self: ReadonlyMap<unknown, unknown>, key: unknown) => boolean>(Map.prototype.has);
export const mapGet = detached<<Value>(self: ReadonlyMap<unknown, Value>, key: unknown) => Value | undefined>(
  Map.prototype.get,
);
export const setForEach = detached<(self: ReadonlySet<unknown>, visit: (value: unknown) => void) => void>(
  Set.prototype.forEach,
);
export const setHas = detached<(self: ReadonlySet<unknown>, value: unknown) => boolean>(Set.prototype.has);
export const weakMapGet = detached<<Value>(self: WeakMap<object, Value>, key: object) => Value | undefined>(
  WeakMap.prototype.get,
);
export const weakMapSet = detached<<Value>(self: WeakMap<object, Value>, key: object, value: Value) => void>(
  WeakMap.prototype.set,
);
export const weakSetHas = detached<(self: WeakSet<object>, value: object) => boolean>(WeakSet.prototype.has);
export const weakSetAdd = detached<(self: WeakSet<object>, value: object) => void>(WeakSet.prototype.add);

/** A record without prototype: a missing field stays missing whatever the guest adds to `Object.prototype`. */
export function bare<Fields extends object>(fields: Fields): Fields {
  return setPrototype(fields, null) as Fields;
}

/** An array-like list that no setter on a prototype can catch. */
export interface List<Item> {
  length: number;
  [index: number]: Item;
}

export function listOf<Item>(): List<Item> {
  return bare({ length: 0 });
}

/** The item at an index that is known to be there. */
export function itemAt<Item>(list: List<Item>, index: number): Item {
  const item = list[index];
  if (item === undefined) throw new RangeError('The list has no such item');
  return item;
}

export function push<Item>(list: List<Item>, item: Item): void {
  list[list.length] = item;
  list.length += 1;
}

/** Promises are what the runner waits on, so their behaviour is fixed before guest code is loaded. */
export function fixPromises(): void {
  freeze(Promise.prototype);
  freeze(Promise);
}
