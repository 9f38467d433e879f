/** The declared side of an operation as source: parameters, body, responses, security. */

import type { ApiContent, ApiResponse, SecurityScheme } from '../model.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { preferredContent } from '../plan/forms.ts';
import { isJson } from '../runtime/http/bodies.ts';
import type { JsonValue } from '../runtime/json.ts';
import type { Sampler } from '../sample/sampler.ts';
import { camelCase } from '../read/names.ts';
import { schemaSource } from './schemas.ts';
import { raw, toSource } from './source.ts';
import type { SourceValue } from './source.ts';

/** Responses that several operations declare alike, by their source. */
export type SharedResponses = ReadonlyMap<string, string>;

/** The contract's properties, in the order in which they are written. */
export const contractSource = (
  plan: OperationPlan,
  sampler: Sampler,
  shared: SharedResponses,
): Readonly<Record<string, SourceValue>> => {
  const { operation, success } = plan;
  const security = operation.security.map((alternative) => alternative.map(credentialSource));
  return {
    id: operation.id,
    method: operation.method.toUpperCase(),
    path: operation.path,
    summary: operation.summary,
    parameters: operation.parameters.map((parameter) => ({
      name: parameter.name,
      in: parameter.in,
      required: parameter.required,
      style: parameter.style,
      explode: parameter.explode,
      ...(parameter.json ? { json: true } : {}),
      schema: schemaSource(parameter.schema),
    })),
    ...(operation.body === undefined
      ? {}
      : {
          body: {
            required: operation.body.required,
            content: Object.fromEntries(
              operation.body.contents.map((content) => [content.mediaType, schemaSource(content.schema)]),
            ),
          },
        }),
    successStatus: success.status,
    ...(success.response === undefined ? {} : { successResponse: success.response.status }),
    responses: Object.fromEntries(
      operation.responses.map((response) => {
        const source = responseSource(response, sampler);
        const name = response === success.response ? undefined : shared.get(toSource(source));
        return [response.status, name === undefined ? source : raw(name)];
      }),
    ),
    ...(security.length === 0 ? {} : { security }),
  };
};

const credentialSource = (scheme: SecurityScheme): SourceValue =>
  scheme.kind === 'api_key' ? { kind: 'api_key', in: scheme.in, name: scheme.key } : { kind: scheme.kind };

/** A response with the one media type that the application answers in. */
export const responseSource = (response: ApiResponse, sampler: Sampler): SourceValue => {
  const content = preferredContent(response.contents);
  const headers = response.headers
    .filter((header) => header.required)
    .map(
      (header) =>
        [
          header.name.toLowerCase(),
          headerText(
            header.examples[0] ??
              sampler.sample(header.schema, {
                direction: 'response',
                extent: 'minimal',
                hint: header.name,
                variant: 0,
              }),
          ),
        ] as const,
    );
  return {
    description: response.description,
    ...(content === undefined
      ? {}
      : {
          content: {
            mediaType: content.mediaType,
            schema: schemaSource(contentSchema(content)),
            example: exampleOf(content, sampler),
          },
        }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  };
};

const headerText = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '');

/** Media types other than JSON are text, whatever structure their schema describes. */
export const contentSchema = (content: ApiContent): ApiContent['schema'] =>
  isJson(content.mediaType) ? content.schema : {};

/** The document's own example where it is valid, else one made by rule. */
export const exampleOf = (content: ApiContent, sampler: Sampler): JsonValue => {
  const given = content.examples.find((example) => sampler.isValid(content.schema, example, 'response'));
  if (given !== undefined) return given;
  const made = sampler.sample(content.schema, { direction: 'response', extent: 'full', hint: 'value', variant: 0 });
  if (made !== undefined) return made;
  return content.examples[0] ?? null;
};

/** Error responses that at least two operations share, with the names of their constants. */
export const findSharedResponses = (plans: readonly OperationPlan[], sampler: Sampler): SharedResponses => {
  const counts = new Map<string, { readonly wanted: string; count: number }>();
  for (const { operation, success } of plans) {
    for (const response of operation.responses.filter((one) => one !== success.response)) {
      const source = toSource(responseSource(response, sampler));
      const found = counts.get(source);
      if (found !== undefined) found.count += 1;
      else
        counts.set(source, {
          wanted: `${camelCase(response.component ?? `${response.description.slice(0, 40)} ${response.status}`, 'declared')}Response`,
          count: 1,
        });
    }
  }
  const taken = new Set<string>();
  const shared = new Map<string, string>();
  for (const [source, { wanted, count }] of counts) {
    if (count > 1) {
      let name = wanted;
      for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
      taken.add(name);
      shared.set(source, name);
    }
  }
  return shared;
};

/** `src/http/declared-responses.ts`; only needed when something is shared. */
export const sharedResponsesModule = (shared: SharedResponses): string =>
  `/** Responses that several operations declare alike. */

import type { ResponseContract } from './operation.ts';
${[...shared].map(([source, name]) => `\nexport const ${name}: ResponseContract = ${source};\n`).join('')}`;
