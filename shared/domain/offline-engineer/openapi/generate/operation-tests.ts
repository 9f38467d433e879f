/** `test/operations/<group>.test.ts`: what each operation answers, also to those who ask wrongly. */

import type { OperationPlan } from '../plan/operations.ts';
import { groupConstant } from './operations.ts';
import type { OperationSurroundings } from './operations.ts';
import { sampleRequest } from './requests.ts';
import { quote } from './source.ts';
import { filterCases } from './filter-tests.ts';
import { credentialCases, invalidCases, missingCases } from './refusal-tests.ts';
import { storedChecks } from './stored-checks.ts';
import { note, prepare, sendLine, validBody } from './test-cases.ts';
import type { TestCase, Writer } from './test-cases.ts';

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
  const imports = plans
    .map(({ operation }) => operation.id)
    .filter(uses)
    .map((id) => `import { ${id} } from '../../src/operations/${group}/${surroundings.fileNames.get(id) ?? ''}.ts';\n`);
  if (collections.length > 0)
    imports.push(`import { ${collections.join(', ')} } from '../../src/store/collections.ts';\n`);
  return `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ${groupConstant(group)} } from '../../src/operations/${group}/index.ts';
${imports.join('')}import { ${[...support, 'openTestApp'].join(', ')} } from '../support/app.ts';
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
    ...filterCases(plan, writer),
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
