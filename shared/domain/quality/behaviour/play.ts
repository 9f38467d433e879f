/** Trying a scenario: which request a step makes, and whether an answer is what a step expects. The sending is not here. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { Json, Relation, StepAction } from './scenario.ts';
import { camelCase } from './words.ts';

/** An answer as scenarios look at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a scenario remembers between its steps. */
export interface Memory {
  readonly kept: Readonly<Record<string, Json>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly last?: Answer;
}

export const emptyMemory: Memory = { kept: {}, headers: {} };

const shownLength = 300;

/** The JSON of an answer; undefined when it is none. */
export const jsonOf = (body: string): Json | undefined => {
  try {
    // SAFETY: what JSON.parse gives is JSON.
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
};

const isRecord = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const member = (value: Json | undefined, name: string): Json | undefined => {
  if (isList(value)) return /^\d{1,9}$/.test(name) ? value[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
};

const readPath = (value: Json | undefined, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((at, name) => member(at, name), value);

/** A field as it is written, or, in several words, in camelCase. */
const readField = (value: Json | undefined, path: string): Json | undefined => {
  const found = readPath(value, path);
  if (found !== undefined || !path.includes(' ')) return found;
  return readPath(value, path.split('.').map(camelCase).join('.'));
};

const placeholder = /\{([A-Za-z]\w*(?:\.\w+)*)\}/g;

const lookUp = (name: string, { kept }: Memory): Result<Json, string> => {
  const found = readPath(kept, name);
  return found === undefined ? err(`nothing is known as {${name}}`) : ok(found);
};

const inText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const fillText = (text: string, memory: Memory): Result<string, string> => {
  let missing: string | undefined;
  const filled = text.replaceAll(placeholder, (whole, name: string) => {
    const found = lookUp(name, memory);
    if (found.ok) return inText(found.value);
    missing ??= found.error;
    return whole;
  });
  return missing === undefined ? ok(filled) : err(missing);
};

/** A value with what it speaks of put in: a text that is nothing but `{name}` becomes that very value. */
export const fill = (value: Json, memory: Memory): Result<Json, string> => {
  if (typeof value === 'string') {
    const whole = /^\{([A-Za-z]\w*(?:\.\w+)*)\}$/.exec(value)?.[1];
    return whole === undefined ? fillText(value, memory) : lookUp(whole, memory);
  }
  if (isList(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const filled = fill(item, memory);
      if (!filled.ok) return filled;
      items.push(filled.value);
    }
    return ok(items);
  }
  if (!isRecord(value)) return ok(value);
  const fields: [string, Json][] = [];
  for (const [name, item] of Object.entries(value)) {
    const filled = fill(item, memory);
    if (!filled.ok) return filled;
    fields.push([name, filled.value]);
  }
  return ok(Object.fromEntries(fields));
};

/** The request of a step. */
export const requestOf = (
  action: Extract<StepAction, { kind: 'request' }>,
  memory: Memory,
): Result<Request, string> => {
  // In a path a value must stay within its segment.
  const encoded: Memory = { ...memory, kept: encodeTexts(memory.kept) };
  const path = fillText(action.path, encoded);
  if (!path.ok) return path;
  const body = action.body === undefined ? undefined : fill(action.body, memory);
  if (body?.ok === false) return body;
  return ok({
    method: action.method,
    path: path.value,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...memory.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body.value) }),
  });
};

const encodeTexts = <Value extends Json | Readonly<Record<string, Json>>>(value: Value): Value =>
  // SAFETY: replaces texts by texts and nothing else, so the shape is the same.
  JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? encodeURIComponent(item) : item,
  ) as Value;

/** Two JSON values are the same when they hold the same, in whatever order of fields. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (isRecord(a) && isRecord(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => sameJson(a[name], member(b, name)));
  }
  return a === b;
};

const holdsAll = (found: Json, wanted: Json): boolean =>
  isRecord(found) && isRecord(wanted)
    ? Object.entries(wanted).every(([name, value]) => sameJson(member(found, name), value))
    : sameJson(found, wanted);

const contains = (found: Json | undefined, wanted: Json): boolean => {
  if (typeof found === 'string') return typeof wanted === 'string' && found.includes(wanted);
  return isList(found) ? found.some((item) => holdsAll(item, wanted)) : false;
};

const ordered = (found: Json | undefined, wanted: Json): number | undefined => {
  if (typeof found === 'number' && typeof wanted === 'number') return found - wanted;
  if (typeof found !== 'string' || typeof wanted !== 'string') return undefined;
  return found < wanted ? -1 : Number(found > wanted);
};

const lengthOf = (found: Json | undefined): number | undefined =>
  typeof found === 'string' || isList(found) ? found.length : isRecord(found) ? Object.keys(found).length : undefined;

const holds: Readonly<Record<Relation, (found: Json | undefined, wanted: Json) => boolean>> = {
  is: sameJson,
  'is not': (found, wanted) => !sameJson(found, wanted),
  'is at least': (found, wanted) => (ordered(found, wanted) ?? -1) >= 0,
  'is at most': (found, wanted) => (ordered(found, wanted) ?? 1) <= 0,
  'is greater than': (found, wanted) => (ordered(found, wanted) ?? 0) > 0,
  'is less than': (found, wanted) => (ordered(found, wanted) ?? 0) < 0,
  contains,
  'does not contain': (found, wanted) => found !== undefined && !contains(found, wanted),
  'has length': (found, wanted) => lengthOf(found) === wanted,
  'is there': (found) => found !== undefined && found !== null,
  'is missing': (found) => found === undefined || found === null,
};

const shown = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, shownLength);

const expectField = (
  { path, relation, value }: Extract<StepAction, { kind: 'field' }>,
  answer: Answer,
  memory: Memory,
): string | undefined => {
  const wanted = fill(value, memory);
  if (!wanted.ok) return wanted.error;
  const json = jsonOf(answer.body);
  if (json === undefined) return `the answer is no JSON: ${answer.body.slice(0, shownLength)}`;
  const found = readField(json, path);
  return holds[relation](found, wanted.value) ? undefined : `${path} is ${shown(found)}`;
};

/** Why the last answer is not what the step expects; undefined when it is. */
export const judgeStep = (
  action: Exclude<StepAction, { kind: 'request' | 'send_header' }>,
  memory: Memory,
): string | undefined => {
  const answer = memory.last;
  if (answer === undefined) return 'nothing was asked yet';
  const body = answer.body.slice(0, shownLength);
  switch (action.kind) {
    case 'status':
      return answer.status >= action.from && answer.status <= action.to
        ? undefined
        : `answered ${answer.status}: ${body}`;
    case 'field':
      return expectField(action, answer, memory);
    case 'text':
      return answer.body.includes(action.text) === action.isThere ? undefined : `the answer is: ${body}`;
    case 'header': {
      const found = answer.headers[action.name];
      const isMet = action.relation === 'is' ? found === action.value : (found ?? '').includes(action.value);
      return isMet ? undefined : `the header ${action.name} is ${found ?? 'not there'}`;
    }
  }
};

/** The memory after an answer. */
export const remember = (
  { keepAs }: Extract<StepAction, { kind: 'request' }>,
  answer: Answer,
  memory: Memory,
): Memory => {
  const json = keepAs === undefined ? undefined : jsonOf(answer.body);
  return {
    ...memory,
    last: answer,
    ...(keepAs === undefined || json === undefined ? {} : { kept: { ...memory.kept, [keepAs]: json } }),
  };
};
