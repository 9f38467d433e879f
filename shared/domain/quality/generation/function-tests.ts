/** Tests of functions: what they do (characterisation), and what holds for all inputs (properties with fast-check). */
import { specifierFrom, type Observation } from './probe.ts';
import { isMakeable, type FunctionSignature, type Shape } from './signature.ts';

/** A test that may be kept, and what it takes to stand alone. */
export interface Candidate {
  /** Full name, unique among all. */
  readonly name: string;
  readonly kind: 'characterisation' | 'property' | 'api';
  /** The file under test; for the API the document. */
  readonly subject: string;
  /** Names to import from the subject. */
  readonly imports: readonly string[];
  /** Statements of the test's body. */
  readonly body: string;
}

const longestName = 120;
const shortened = (text: string): string => (text.length <= longestName ? text : `${text.slice(0, longestName - 1)}…`);

const characterise = ({ file, name, call, outcome }: Observation, isAsync: boolean): Candidate => {
  const said = outcome.kind === 'value' ? `gives ${outcome.source}` : `throws ${outcome.name}: ${outcome.message}`;
  const base = { kind: 'characterisation', subject: file, imports: [name] } as const;
  const title = shortened(`${name}(${call}) ${said}`);
  if (outcome.kind === 'value')
    return {
      ...base,
      name: title,
      body: `assert.deepEqual(${isAsync ? 'await ' : ''}${name}(${call}), ${outcome.source});`,
    };
  const expected = JSON.stringify({ name: outcome.name, message: outcome.message });
  return {
    ...base,
    name: title,
    body: isAsync
      ? `await assert.rejects(async () => ${name}(${call}), ${expected});`
      : `assert.throws(() => ${name}(${call}), ${expected});`,
  };
};

/** One test for each observation. */
export const characterisationTests = (
  observations: readonly Observation[],
  signatures: readonly FunctionSignature[],
): readonly Candidate[] =>
  observations.map((observation) => {
    const signature = signatures.find(({ file, name }) => file === observation.file && name === observation.name);
    return characterise(observation, signature?.isAsync === true);
  });

/** The arbitrary of a shape; undefined when there is none. */
export const arbitraryOf = (shape: Shape): string | undefined => {
  if (!isMakeable(shape)) return undefined;
  switch (shape.kind) {
    case 'string':
      return 'fc.string()';
    case 'number':
      // Adding zero makes one zero of the two: that they differ is rarely what anybody wants to hear.
      return 'fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => value + 0)';
    case 'boolean':
      return 'fc.boolean()';
    case 'bigint':
      return 'fc.bigInt()';
    case 'null':
    case 'undefined':
      return `fc.constant(${shape.kind})`;
    case 'literal':
      return `fc.constant(${JSON.stringify(shape.value)} as const)`;
    case 'date':
      return 'fc.date({ noInvalidDate: true })';
    case 'unknown':
      return 'fc.jsonValue()';
    case 'array':
      return `fc.array(${arbitraryOf(shape.item) ?? ''}, { maxLength: 8 })`;
    case 'tuple':
      return `fc.tuple(${shape.items.map((item) => arbitraryOf(item) ?? '').join(', ')})`;
    case 'dictionary':
      return `fc.dictionary(fc.string(), ${arbitraryOf(shape.value) ?? ''}, { noNullPrototype: true })`;
    case 'union':
      return `fc.oneof(${shape.members.map((member) => arbitraryOf(member) ?? '').join(', ')})`;
    case 'object':
      return recordArbitrary(shape);
    case 'opaque':
      return undefined;
  }
};

const recordArbitrary = ({ fields }: Extract<Shape, { kind: 'object' }>): string => {
  const made = fields.filter(({ shape }) => isMakeable(shape));
  const model = made.map(({ name, shape }) => `${JSON.stringify(name)}: ${arbitraryOf(shape) ?? ''}`).join(', ');
  const required = fields.filter(({ isOptional }) => !isOptional).map(({ name }) => JSON.stringify(name));
  return required.length === made.length
    ? `fc.record({ ${model} }, { noNullPrototype: true })`
    : `fc.record({ ${model} }, { requiredKeys: [${required.join(', ')}], noNullPrototype: true })`;
};

const sameShape = (a: Shape, b: Shape): boolean => JSON.stringify(a) === JSON.stringify(b);

const property = (
  subject: string,
  imports: readonly string[],
  name: string,
  arbitraries: readonly string[],
  body: string,
): Candidate => {
  const names = arbitraries.map((_, index) => `value${index + 1}`);
  const isAsync = body.includes('await ');
  const made = `fc.${isAsync ? 'asyncProperty' : 'property'}(${arbitraries.join(', ')}, ${isAsync ? 'async ' : ''}(${names.join(', ')}) => {\n      ${body}\n    })`;
  return {
    name,
    kind: 'property',
    subject,
    imports,
    body: `${isAsync ? 'await ' : ''}fc.assert(\n    ${made},\n    { seed: 1, numRuns: 100 },\n  );`,
  };
};

const argumentsOf = ({ parameters }: FunctionSignature): readonly string[] | undefined => {
  const wanted = parameters.filter(({ isOptional }) => !isOptional);
  if (wanted.length === 0 || wanted.some(({ isRest }) => isRest)) return undefined;
  const found = wanted.map(({ shape }) => arbitraryOf(shape));
  return found.every((each) => each !== undefined) ? found : undefined;
};

/** Names that undo each other, first the one that writes. */
const pairs: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:encode|serialize|serialise|stringify|format|print|write|to)(?=[A-Z]|$)/,
    'decode|deserialize|deserialise|parse|read|from',
  ],
  [/^(?:compress|pack|escape|quote|encrypt|wrap)(?=[A-Z]|$)/, 'decompress|unpack|unescape|unquote|decrypt|unwrap'],
];

const findInverse = (
  signature: FunctionSignature,
  all: readonly FunctionSignature[],
): FunctionSignature | undefined => {
  for (const [writes, reads] of pairs) {
    const match = writes.exec(signature.name);
    if (match === null) continue;
    const rest = signature.name.slice(match[0].length);
    const inverse = all.find(
      ({ file, name, parameters }) =>
        file === signature.file && parameters.length > 0 && new RegExp(`^(?:${reads})${rest}$`).test(name),
    );
    if (inverse !== undefined) return inverse;
  }
  return undefined;
};

const roundTrip = (signature: FunctionSignature, all: readonly FunctionSignature[]): readonly Candidate[] => {
  const inverse = findInverse(signature, all);
  const values = argumentsOf(signature);
  const [taken] = inverse?.parameters ?? [];
  if (
    inverse === undefined ||
    values?.length !== 1 ||
    taken === undefined ||
    !sameShape(signature.returns, taken.shape)
  )
    return [];
  const wait = signature.isAsync || inverse.isAsync;
  const there = `${signature.isAsync ? 'await ' : ''}${signature.name}(value1)`;
  const back = `${inverse.isAsync ? 'await ' : ''}${inverse.name}(${there})`;
  return [
    property(
      signature.file,
      [signature.name, inverse.name],
      `${inverse.name} gives back what ${signature.name} was given`,
      values,
      `assert.deepEqual(${wait ? back : `${inverse.name}(${signature.name}(value1))`}, value1);`,
    ),
  ];
};

/** Totality, idempotence, round trips and the order of a comparison, as far as the types let them be asked. */
export const propertyTests = (signatures: readonly FunctionSignature[]): readonly Candidate[] =>
  signatures.flatMap((signature): readonly Candidate[] => {
    const { file, name, isAsync, returns, parameters } = signature;
    const values = argumentsOf(signature);
    if (values === undefined) return [];
    const called = `${isAsync ? 'await ' : ''}${name}(${values.map((_, index) => `value${index + 1}`).join(', ')})`;
    const [first] = parameters;
    const [only] = values;
    const isOwn = first !== undefined && values.length === 1 && sameShape(first.shape, returns);
    const isOrder =
      values.length === 2 && returns.kind === 'number' && !isAsync && /^(?:compare|by[A-Z]|order)/.test(name);
    return [
      property(file, [name], `${name} answers whatever it is given`, values, `${called};`),
      ...(isOwn && only !== undefined
        ? [
            property(
              file,
              [name],
              `${name} changes nothing the second time`,
              [only],
              `const once = ${called};\n      assert.deepEqual(${isAsync ? 'await ' : ''}${name}(once), once);`,
            ),
          ]
        : []),
      ...(isOrder
        ? [
            property(
              file,
              [name],
              `${name} orders both ways alike`,
              values,
              `assert.ok(Math.sign(${name}(value1, value2)) + Math.sign(${name}(value2, value1)) === 0);`,
            ),
          ]
        : []),
      ...roundTrip(signature, signatures),
    ];
  });

/** A file with the tests of one subject, for `node:test` as for the lab. */
export const writeTests = (folder: string, subject: string, tests: readonly Candidate[]): string => {
  const imports = [...new Set(tests.flatMap((test) => test.imports))].sort();
  const usesProperties = tests.some(({ kind }) => kind === 'property');
  return [
    `/** Generated: each test was seen to pass, and to notice a change that no other test noticed. */`,
    `import assert from 'node:assert/strict';`,
    `import { test } from 'node:test';`,
    ...(usesProperties ? [`import * as fc from 'fast-check';`] : []),
    `import { ${imports.join(', ')} } from '${specifierFrom(folder, subject)}';`,
    ...tests.map(
      ({ name, body }) =>
        `\ntest(${JSON.stringify(name)}, ${/\bawait\b/.test(body) ? 'async ' : ''}() => {\n  ${body}\n});`,
    ),
    '',
  ].join('\n');
};
