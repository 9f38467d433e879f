/** `test/operations/<group>.test.ts`: what each operation answers, also to those who ask wrongly. */

import type { CollectionPlan } from '../plan/collections.ts';
import { answersRecord } from '../plan/operations.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { flattenObject } from '../sample/merge.ts';
import { isJson } from '../runtime/http/bodies.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonValue } from '../runtime/json.ts';
import { arrange } from './arrangements.ts';
import type { Arrangement } from './arrangements.ts';
import type { OperationSurroundings } from './operations.ts';
import { groupConstant } from './operations.ts';
import { bodyContent, bodyValue, parameterValue, sampleRequest } from './requests.ts';
import type { SampleRequest } from './requests.ts';
import { quote, toSource } from './source.ts';
import type { SourceValue } from './source.ts';

/** One test: a name and its statements. */
interface TestCase {
  readonly name: string;
  readonly lines: readonly string[];
}

interface Writer extends OperationSurroundings {
  readonly collections: Set<CollectionPlan>;
}

/** The test module of one group. */
export const operationTests = (
  group: string,
  groupTitle: string,
  plans: readonly OperationPlan[],
  surroundings: OperationSurroundings,
): string => {
  const writer: Writer = { ...surroundings, collections: new Set() };
  const suites = plans.map((plan) => suite(plan, writer)).filter((text) => text !== '');
  const body = suites.join('\n');
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(body);
  const support = ['assertDeclared', 'assertRefused', 'jsonOf'].filter(uses);
  const collections = [...writer.collections].map((one) => one.constant).sort();
  const operations = plans.map((plan) => plan.operation.id).filter(uses);
  return `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
${
  operations.length === 0
    ? ''
    : plans
        .filter((plan) => operations.includes(plan.operation.id))
        .map(
          (plan) =>
            `import { ${plan.operation.id} } from '../../src/operations/${group}/${surroundings.fileNames.get(plan.operation.id) ?? ''}.ts';\n`,
        )
        .join('')
}import { ${groupConstant(group)} } from '../../src/operations/${group}/index.ts';
${collections.length === 0 ? '' : `import { ${collections.join(', ')} } from '../../src/store/collections.ts';\n`}import { ${[...support, 'openTestApp'].join(', ')} } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';

describe(${quote(groupTitle)}, () => {
  let app: TestApp;

  beforeEach(() => {
    app = openTestApp(${groupConstant(group)});
  });

  afterEach(() => {
    app.close();
  });

  it('has ${plans.length === 1 ? 'its operation' : `its ${plans.length} operations`}', () => {
    assert.equal(${groupConstant(group)}.length, ${plans.length});
  });

${body}});
`;
};

const suite = (plan: OperationPlan, writer: Writer): string => {
  if (plan.operation.method === 'trace') return '';
  const cases = [
    ...successCases(plan, writer),
    ...missingCases(plan, writer),
    ...invalidCases(plan, writer),
    ...credentialCases(plan, writer),
  ];
  if (cases.length === 0) return '';
  const tests = cases.map(
    ({ name, lines }) =>
      `    it(${quote(name)}, () => {\n${lines
        .flatMap((line) => line.split('\n'))
        .map((line) => (line === '' ? '\n' : `      ${line}\n`))
        .join('')}    });\n`,
  );
  return `  describe(${quote(`${plan.operation.method.toUpperCase()} ${plan.operation.path}`)}, () => {\n${tests.join('\n')}  });\n`;
};

const targetOf = ({
  behaviour,
}: OperationPlan): { readonly collection: CollectionPlan; readonly idParameter?: string } | undefined => {
  switch (behaviour.kind) {
    case 'read':
    case 'delete':
    case 'action':
      return { collection: behaviour.collection, idParameter: behaviour.idParameter };
    case 'replace':
    case 'update':
      return {
        collection: behaviour.collection,
        ...(behaviour.idParameter === undefined ? {} : { idParameter: behaviour.idParameter }),
      };
    case 'list':
      return { collection: behaviour.collection };
    case 'echo':
      return behaviour.collection === undefined || behaviour.idParameter === undefined
        ? undefined
        : { collection: behaviour.collection, idParameter: behaviour.idParameter };
    default:
      return undefined;
  }
};

const prepare = (plan: OperationPlan, writer: Writer): Arrangement => {
  const arrangement = arrange(plan, targetOf(plan), writer.sampler, writer.schemas);
  return arrangement;
};

const note = (arrangement: Arrangement, writer: Writer): void => {
  for (const collection of arrangement.lines.length === 0 ? [] : arrangement.collections)
    writer.collections.add(collection);
};

const sendLine = (request: SampleRequest): string =>
  `const reply = app.send(${toSource({ ...request } as SourceValue)});`;

/** The body of a request that should succeed; where the body names the record, it names the stored one. */
const validBody = (plan: OperationPlan, arrangement: Arrangement, writer: Writer): JsonValue | undefined => {
  const { behaviour } = plan;
  if (behaviour.kind !== 'replace' && behaviour.kind !== 'update') return bodyValue(plan.operation, writer.sampler);
  const value = bodyValue(plan.operation, writer.sampler, 1);
  const { idField } = behaviour.collection;
  const wrapper = behaviour.bodyWrapper;
  const inner = isObject(value) && wrapper !== undefined ? value[wrapper] : value;
  const isNamed = behaviour.idParameter === undefined || (isObject(inner) && idField !== undefined && idField in inner);
  if (!isNamed || !isObject(value) || !isObject(inner) || arrangement.id === undefined) return value;
  const named = { ...inner, [idField ?? 'id']: arrangement.id };
  return wrapper === undefined ? named : { ...value, [wrapper]: named };
};

const successCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const arrangement = prepare(plan, writer);
  const body = validBody(plan, arrangement, writer);
  if (plan.operation.body !== undefined && plan.operation.body.required && body === undefined) return [];
  const request = sampleRequest(
    plan.operation,
    { path: arrangement.path, hasCredentials: true, ...(body === undefined ? {} : { body }) },
    writer.sampler,
  );
  if (request === undefined) return [];
  note(arrangement, writer);
  const checks = storedChecks(plan, arrangement, body, writer);
  return [
    {
      name: checks.name,
      lines: [
        ...arrangement.lines,
        sendLine(request),
        `assertDeclared(${plan.operation.id}, reply, ${plan.success.status});`,
        ...checks.lines,
      ],
    },
  ];
};

const storedChecks = (
  plan: OperationPlan,
  arrangement: Arrangement,
  body: JsonValue | undefined,
  writer: Writer,
): { readonly name: string; readonly lines: readonly string[] } => {
  const { behaviour } = plan;
  const scope = arrangement.scope === '' ? '' : `, ${arrangement.scope}`;
  const id = arrangement.id === undefined ? '' : toSource(arrangement.id);
  const collection = 'collection' in behaviour ? behaviour.collection : undefined;
  if (collection === undefined) return { name: 'answers as the document declares', lines: [] };
  const list = `app.store.list(${collection.constant}${scope})`;
  const use = (): void => void writer.collections.add(collection);
  if (behaviour.kind === 'create' || behaviour.kind === 'create_many') {
    use();
    const sent = behaviour.kind === 'create' ? storedFields(collection, behaviour.bodyWrapper, body, arrangement) : [];
    return {
      name: behaviour.kind === 'create' ? `stores a new ${collection.title}` : `stores every ${collection.title}`,
      lines: [
        `assert.equal(${list}.length, ${Array.isArray(body) ? body.length : 1});`,
        ...sent.map(([name, value]) => `assert.deepEqual(${list}[0]?.[${quote(name)}], ${toSource(value)});`),
      ],
    };
  }
  if (behaviour.kind === 'delete' && collection.initial.length === 0) {
    use();
    return { name: `removes the ${collection.title}`, lines: [`assert.deepEqual(${list}, []);`] };
  }
  if (behaviour.kind === 'replace' || behaviour.kind === 'update') {
    use();
    const sent = storedFields(collection, behaviour.bodyWrapper, body, arrangement);
    return {
      name: `changes the ${collection.title}`,
      lines: sent.map(
        ([name, value]) =>
          `assert.deepEqual(app.store.find(${collection.constant}, ${id}${scope})?.[${quote(name)}], ${toSource(value)});`,
      ),
    };
  }
  if (behaviour.kind === 'action' && behaviour.assignment !== undefined) {
    use();
    const { field, value } = behaviour.assignment;
    return {
      name: `sets ${field} of the ${collection.title} to ${String(value)}`,
      lines: [
        `assert.equal(app.store.find(${collection.constant}, ${id}${scope})?.[${quote(field)}], ${toSource(value)});`,
      ],
    };
  }
  return {
    name:
      behaviour.kind === 'list'
        ? `lists each ${collection.title}`
        : behaviour.kind === 'read'
          ? `answers the ${collection.title}`
          : 'answers as the document declares',
    lines: [],
  };
};

/** The answer shows what was stored. */
const readChecks = (
  plan: OperationPlan,
  collection: CollectionPlan,
  wrapper: string | undefined,
  writer: Writer,
): readonly string[] => {
  const content = plan.success.content;
  if (
    content === undefined ||
    !isJson(content.mediaType) ||
    plan.operation.method === 'head' ||
    !answersRecord(plan, collection)
  )
    return [];
  const shown = flattenObject(content.schema, writer.schemas).properties ?? {};
  const inner =
    wrapper === undefined ? shown : (flattenObject(shown[wrapper] ?? true, writer.schemas).properties ?? {});
  const record = collection.initial[0] ?? collection.example;
  const body = wrapper === undefined ? 'body' : `(body[${quote(wrapper)}] as Readonly<Record<string, unknown>>)`;
  const kept = Object.entries(record).filter(
    ([name, value]) =>
      name in inner &&
      typeof value !== 'object' &&
      !Object.values(collection.scopeFields).includes(name) &&
      flattenObject(inner[name] ?? true, writer.schemas).writeOnly !== true,
  );
  const checks = kept
    .slice(0, 3)
    .map(([name, value]) => `assert.deepEqual(${body}[${quote(name)}], ${toSource(value)});`);
  return checks.length === 0 ? [] : ['const body = jsonOf(reply) as Readonly<Record<string, unknown>>;', ...checks];
};

/** The list has as many records as are stored, unless required parameters or a limit may leave some out. */
const listChecks = (plan: OperationPlan, wrapper: string | undefined, count: number): readonly string[] => {
  const narrows = plan.operation.parameters.some(
    ({ in: place, required, schema }) =>
      place === 'query' && (required || (typeof schema !== 'boolean' && schema.default !== undefined)),
  );
  if (narrows || plan.success.content === undefined || !isJson(plan.success.content.mediaType)) return [];
  if (wrapper === undefined) return [`assert.equal((jsonOf(reply) as readonly unknown[]).length, ${count});`];
  return [
    `assert.equal((jsonOf(reply) as Readonly<Record<string, readonly unknown[]>>)[${quote(wrapper)}]?.length, ${count});`,
  ];
};

/** A filter on a field lets a record through that has the value, and keeps out one that has another. */
const filterCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const { behaviour, operation, success } = plan;
  if (
    behaviour.kind !== 'list' ||
    behaviour.collection.initial.length > 0 ||
    success.content === undefined ||
    !isJson(success.content.mediaType)
  )
    return [];
  const others = operation.parameters.filter(({ in: place, required }) => place === 'query' && required).length;
  for (const [parameterName, field] of Object.entries(behaviour.parameters.filters)) {
    const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === parameterName);
    const value = behaviour.collection.example[field];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (
      parameter !== undefined &&
      isPlain &&
      writer.sampler.isValid(parameter.schema, value, 'request') &&
      others === (parameter.required ? 1 : 0)
    ) {
      const other = [1, 2, 3]
        .map((variant) => parameterValue(parameter, writer.sampler, variant))
        .find((one) => one !== undefined && JSON.stringify(one) !== JSON.stringify(value));
      const arrangement = prepare(plan, writer);
      const send = (query: JsonValue | undefined): SampleRequest | undefined =>
        query === undefined
          ? undefined
          : sampleRequest(
              operation,
              { path: arrangement.path, query: { [parameterName]: query }, hasCredentials: true },
              writer.sampler,
            );
      const [matching, different] = [send(value), send(other)];
      if (matching === undefined || different === undefined) return [];
      note(arrangement, writer);
      const items =
        behaviour.wrapper === undefined
          ? 'jsonOf(reply) as readonly unknown[]'
          : `(jsonOf(reply) as Readonly<Record<string, readonly unknown[]>>)[${quote(behaviour.wrapper)}]`;
      const lines = (request: SampleRequest, count: number): readonly string[] => [
        ...arrangement.lines,
        sendLine(request),
        `assertDeclared(${operation.id}, reply, ${success.status});`,
        `assert.equal((${items})${behaviour.wrapper === undefined ? '' : '?'}.length, ${count});`,
      ];
      return [
        { name: `finds by ${parameterName}`, lines: lines(matching, 1) },
        { name: `leaves out another ${parameterName}`, lines: lines(different, 0) },
      ];
    }
  }
  return [];
};

/** Fields of the body that must be found in the store unchanged. */
const storedFields = (
  collection: CollectionPlan,
  wrapper: string | undefined,
  body: JsonValue | undefined,
  arrangement: Arrangement,
): readonly (readonly [string, JsonValue])[] => {
  const outer = isObject(body) ? body : {};
  const inner = wrapper === undefined ? outer : outer[wrapper];
  const changing = new Set([
    collection.idField,
    ...collection.updatedFields,
    ...(arrangement.scope === '' ? [] : Object.values(collection.scopeFields)),
  ]);
  return Object.entries(isObject(inner) ? inner : {})
    .filter(
      ([name, value]) => !changing.has(name) && !collection.serverFields.includes(name) && typeof value !== 'object',
    )
    .slice(0, 3);
};

const missingCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const target = targetOf(plan);
  const { behaviour, operation } = plan;
  const isStrict = !(
    ('isLenient' in behaviour && behaviour.isLenient) ||
    ('createsMissing' in behaviour && behaviour.createsMissing)
  );
  if (target?.idParameter === undefined || !isStrict || behaviour.kind === 'list') return [];
  const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === target.idParameter);
  const arrangement = arrange(plan, target, writer.sampler, writer.schemas);
  const absent = [77, 5, 6, 1, 2]
    .map((variant) => (parameter === undefined ? undefined : parameterValue(parameter, writer.sampler, variant)))
    .find((value) => value !== undefined && JSON.stringify(value) !== JSON.stringify(arrangement.id));
  const body = validBody(plan, arrangement, writer);
  const request =
    absent === undefined
      ? undefined
      : sampleRequest(
          operation,
          {
            path: { ...arrangement.path, [target.idParameter]: absent },
            hasCredentials: true,
            ...(body === undefined ? {} : { body }),
          },
          writer.sampler,
        );
  if (request === undefined || (operation.body?.required === true && body === undefined)) return [];
  note(arrangement, writer);
  return [
    {
      name: `refuses an unknown ${target.collection.title}`,
      lines: [...arrangement.lines, sendLine(request), `assertRefused(${operation.id}, reply, [404]);`],
    },
  ];
};

const validationStatuses = (plan: OperationPlan): readonly number[] => {
  const declared = [422, 400, 405].filter((status) =>
    plan.operation.responses.some((one) => one.status === String(status)),
  );
  return declared.length > 0 ? declared : [400];
};

const invalidCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const { operation } = plan;
  const { sampler } = writer;
  const arrangement = prepare(plan, writer);
  const cases: TestCase[] = [];
  const refused = `assertRefused(${operation.id}, reply, ${toSource([...validationStatuses(plan)])});`;
  const content = bodyContent(operation);
  const body = validBody(plan, arrangement, writer);
  if (content !== undefined && isJson(content.mediaType)) {
    const wrong = ([{}, [], 'text', 0, null] as readonly JsonValue[]).find(
      (value) => !sampler.isValid(content.schema, value, 'request'),
    );
    const request =
      wrong === undefined
        ? undefined
        : sampleRequest(operation, { path: arrangement.path, hasCredentials: true, body: wrong }, sampler);
    if (request !== undefined)
      cases.push({
        name: 'refuses a body that does not fit',
        lines: [...arrangement.lines, sendLine(request), refused],
      });
    const malformed = sampleRequest(operation, { path: arrangement.path, hasCredentials: true }, sampler);
    if (malformed !== undefined) {
      const headers = {
        ...malformed.headers,
        'content-type': content.mediaType.includes('*') ? 'application/json' : content.mediaType,
      };
      cases.push({
        name: 'refuses a body that is not JSON',
        lines: [...arrangement.lines, sendLine({ ...malformed, headers, text: '{"' }), refused],
      });
    }
  }
  const required = operation.parameters.find(
    (one) =>
      one.in === 'query' && one.required && !(typeof one.schema !== 'boolean' && one.schema.default !== undefined),
  );
  const without =
    required === undefined
      ? undefined
      : sampleRequest(
          operation,
          {
            path: arrangement.path,
            without: required.name,
            hasCredentials: true,
            ...(body === undefined ? {} : { body }),
          },
          sampler,
        );
  if (required !== undefined && without !== undefined) {
    cases.push({
      name: `refuses a request without ${required.name}`,
      lines: [...arrangement.lines, sendLine(without), refused],
    });
  }
  if (cases.length > 0) note(arrangement, writer);
  return cases;
};

const credentialCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const { operation } = plan;
  if (operation.security.length === 0 || operation.security.some((alternative) => alternative.length === 0)) return [];
  const arrangement = arrange(plan, undefined, writer.sampler, writer.schemas);
  const request = sampleRequest(operation, { path: arrangement.path, hasCredentials: false }, writer.sampler);
  return request === undefined
    ? []
    : [
        {
          name: 'refuses a request without credentials',
          lines: [sendLine(request), `assertRefused(${operation.id}, reply, [401]);`],
        },
      ];
};
