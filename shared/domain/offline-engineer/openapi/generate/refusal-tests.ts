/** Tests of what is refused: unknown records, invalid requests, missing credentials. */

import type { Arrangement } from './arrangements.ts';
import type { SampleRequest } from './requests.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { Schema } from '../runtime/validation/schema.ts';
import { isJson } from '../runtime/http/bodies.ts';
import type { JsonValue } from '../runtime/json.ts';
import { arrange } from './arrangements.ts';
import { bodyContent, parameterValue, sampleRequest } from './requests.ts';
import { toSource } from './source.ts';
import { note, prepare, sendLine, targetOf, validBody } from './test-cases.ts';
import type { TestCase, Writer } from './test-cases.ts';

export const missingCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
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

export const invalidCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const arrangement = prepare(plan, writer);
  const refused = `assertRefused(${plan.operation.id}, reply, ${toSource([...validationStatuses(plan)])});`;
  const requests = [...wrongBodies(plan, arrangement, writer), ...withoutRequired(plan, arrangement, writer)];
  if (requests.length > 0) note(arrangement, writer);
  return requests.map(({ name, request }) => ({ name, lines: [...arrangement.lines, sendLine(request), refused] }));
};

interface NamedRequest {
  readonly name: string;
  readonly request: SampleRequest;
}

/** A body of the wrong form, and one that is not JSON at all. */
const wrongBodies = (
  { operation }: OperationPlan,
  { path }: Arrangement,
  { sampler }: Writer,
): readonly NamedRequest[] => {
  const content = bodyContent(operation);
  if (content === undefined || !isJson(content.mediaType)) return [];
  const choices = { path, hasCredentials: true };
  const values: readonly JsonValue[] = [{}, [], 'text', 0, null];
  const wrong = values.find((value) => !sampler.isValid(content.schema, value, 'request'));
  const request = wrong === undefined ? undefined : sampleRequest(operation, { ...choices, body: wrong }, sampler);
  const malformed = sampleRequest(operation, choices, sampler);
  const mediaType = content.mediaType.includes('*') ? 'application/json' : content.mediaType;
  return [
    ...(request === undefined ? [] : [{ name: 'refuses a body that does not fit', request }]),
    ...(malformed === undefined
      ? []
      : [
          {
            name: 'refuses a body that is not JSON',
            request: { ...malformed, headers: { ...malformed.headers, 'content-type': mediaType }, text: '{"' },
          },
        ]),
  ];
};

/** A request without a query parameter that must be there. */
const withoutRequired = (plan: OperationPlan, arrangement: Arrangement, writer: Writer): readonly NamedRequest[] => {
  const { operation } = plan;
  const hasDefault = (schema: Schema): boolean => typeof schema !== 'boolean' && schema.default !== undefined;
  const required = operation.parameters.find((one) => one.in === 'query' && one.required && !hasDefault(one.schema));
  if (required === undefined) return [];
  const body = validBody(plan, arrangement, writer);
  const choices = { path: arrangement.path, without: required.name, hasCredentials: true };
  const request = sampleRequest(operation, { ...choices, ...(body === undefined ? {} : { body }) }, writer.sampler);
  return request === undefined ? [] : [{ name: `refuses a request without ${required.name}`, request }];
};

export const credentialCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
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
