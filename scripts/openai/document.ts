/**
 * OpenAI's OpenAPI document as a judge of answers. It says that it is OpenAPI 3.1, whose schemas are JSON Schema 2020-12,
 * and keeps some of 3.0: `nullable` beside no `type`, `$recursiveRef`, `discriminator`. These are brought into the
 * newer form before anything is compiled.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** What is wrong with a value, one line each; empty when it keeps to the schema. */
export type Judge = (value: unknown) => readonly string[];

export interface OpenAiDocument {
  readonly version: string;
  /** Undefined where the document knows no such answer. */
  readonly answer: (method: string, path: string, contentType: string) => Judge | undefined;
  readonly error: Judge;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (value: unknown, ...names: readonly string[]): unknown => {
  let found = value;
  for (const name of names) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
};

/** A schema in the form of 2020-12, all the way down. */
export const modernize = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(modernize);
  if (!isObject(schema)) return schema;
  const { nullable, $recursiveRef, $recursiveAnchor: _anchor, discriminator, ...rest } = schema;
  const kept = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, modernize(value)]));
  // A property may be called so; a schema's own discriminator is an object with `propertyName`.
  if (discriminator !== undefined && member(discriminator, 'propertyName') === undefined)
    kept['discriminator'] = modernize(discriminator);
  if ($recursiveRef !== undefined) return kept;
  return nullable === true ? { anyOf: [kept, { type: 'null' }] } : kept;
};

const describe = ({ instancePath, message = 'is wrong', params }: ErrorObject): string =>
  `${instancePath === '' ? '/' : instancePath} ${message}${Object.keys(params).length > 0 ? ` ${JSON.stringify(params)}` : ''}`;

const mostComplaints = 5;

/** The errors that lie deepest say most: those of unions above them only say that no branch fits. */
const complaints = (errors: readonly ErrorObject[]): readonly string[] => {
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length;
  const sorted = errors.toSorted((left, right) => depth(right) - depth(left));
  return [...new Set(sorted.map(describe))].slice(0, mostComplaints);
};

const documentId = 'openai';

const pointer = (...names: readonly string[]): string =>
  `${documentId}#/${names.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** Branches of a union that name the value's `type`, so that a complaint is about the right one. */
const branchOf = (schema: unknown, document: unknown, value: unknown): string | undefined => {
  const type = member(value, 'type');
  const branches = member(schema, 'anyOf') ?? member(schema, 'oneOf');
  if (typeof type !== 'string' || !Array.isArray(branches)) return undefined;
  for (const branch of branches) {
    const name =
      String(member(branch, '$ref') ?? '')
        .split('/')
        .at(-1) ?? '';
    const named = member(document, 'components', 'schemas', name, 'properties', 'type');
    const values = member(named, 'enum');
    if (member(named, 'const') === type || (Array.isArray(values) && values.includes(type))) return name;
  }
  return undefined;
};

/** Reads the document. Throws with a sentence when it is none, or cannot be compiled. */
export const readOpenAiDocument = (text: string): OpenAiDocument => {
  const parsed: unknown = JSON.parse(text);
  const schemas = member(parsed, 'components', 'schemas');
  if (!isObject(schemas) || !isObject(member(parsed, 'paths'))) throw new Error('this is no OpenAPI document');
  const modern = {
    ...(parsed as object),
    components: { schemas: modernizeAll(schemas) },
    paths: modernize(member(parsed, 'paths')),
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, inlineRefs: false });
  ajv.addSchema({ ...modern, $id: documentId });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (reference: string): ValidateFunction => {
    const known = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, known);
    return known;
  };
  const judgeOf =
    (reference: string, schema: unknown): Judge =>
    (value) => {
      const whole = validator(reference);
      if (whole(value)) return [];
      const name =
        String(member(schema, '$ref') ?? '')
          .split('/')
          .at(-1) ?? '';
      const branch = branchOf(member(modern, 'components', 'schemas', name), modern, value);
      const narrow = branch === undefined ? whole : validator(pointer('components', 'schemas', branch));
      narrow(value);
      return complaints(narrow.errors ?? whole.errors ?? []);
    };
  return {
    version: String(member(parsed, 'info', 'version') ?? 'unknown'),
    answer: (method, path, contentType) => {
      const place = [
        'paths',
        path,
        method.toLowerCase(),
        'responses',
        '200',
        'content',
        contentType,
        'schema',
      ] as const;
      const schema = member(modern, ...place);
      return schema === undefined ? undefined : judgeOf(pointer(...place), schema);
    },
    error: judgeOf(pointer('components', 'schemas', 'ErrorResponse'), undefined),
  };
};

const modernizeAll = (schemas: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, modernize(schema)]));
