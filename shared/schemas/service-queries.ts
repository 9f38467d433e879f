/** What callers say of the services that they look for, in queries and in headers. */
import { z } from 'zod';
import { checkCriteria } from '../domain/service-registry/find.ts';
import { serviceHealths, serviceKinds } from '../domain/service-registry/service.ts';
import { limitSchema, optionalLimitSchema } from './paging.ts';
import { attributes, knownInstance, policy, serviceName, word, wordArray } from './services.ts';

/** How long a routed request has until the head of its answer, unless told, and at most. */
const usualRouteMs = 30_000;
const maxRouteMs = 120_000;

/** `a,b` or a parameter that is repeated. */
const wordList = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? undefined : [value].flat().flatMap((text) => text.split(','))))
  .pipe(wordArray.optional())
  .meta({ type: 'string' });

/** `key:value`, as often as attributes are asked for. */
const attributeList = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value, context) => {
    if (value === undefined) return undefined;
    const entries = [value].flat().map((text) => [text.split(':', 1)[0] ?? '', text] as const);
    const found = new Map(entries.map(([key, text]) => [key, text.slice(key.length + 1)]));
    if (found.size === entries.length && entries.every(([key, text]) => key !== '' && text.includes(':'))) {
      return Object.fromEntries(found);
    }
    context.addIssue({ code: 'custom', message: 'must be <key>:<value>, each key once' });
    return z.NEVER;
  })
  .pipe(attributes.optional())
  .meta({
    type: 'string',
    description: 'An attribute that must be so, as `role:backend`; may be given several times.',
    example: 'role:backend',
  });

const criteria = {
  name: serviceName.optional(),
  instance: knownInstance.optional(),
  version: z
    .string()
    .refine(
      (range) => checkCriteria({ version: range }, 'query').ok,
      'must be a version or a range like ^1.2, ">=2 <4" or 1.x',
    )
    .optional()
    .meta({ description: 'A version or a range of them.', example: '^1.2' }),
  kind: z.enum(serviceKinds, `must be one of ${serviceKinds.join(', ')}`).optional(),
  tag: wordList.meta({ description: 'Tags, separated by commas: each must be there.' }),
  capability: wordList.meta({ description: 'Capabilities, separated by commas: each must be there.' }),
  attribute: attributeList,
  region: word.optional(),
};

export const discoverQuery = z.strictObject({
  ...criteria,
  limit: optionalLimitSchema(500).meta({
    description: 'At most so many, the best. Absent: all services, and 50 single objects.',
  }),
});

/** What a list shows, and where its page begins. */
const pageQuery = {
  health: z.enum(serviceHealths, `must be one of ${serviceHealths.join(', ')}`).optional(),
  search: z.string().trim().max(100).optional().meta({ description: 'Part of the name, title or description.' }),
  after: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}\/[A-Za-z0-9._-]{1,200}$/, 'must be <name>/<instance>')
    .optional()
    .meta({ description: 'The `next` of the page before.' }),
};

export const serviceListQuery = z.strictObject({ ...criteria, ...pageQuery, limit: limitSchema(50, 500) });

export const instanceListQuery = z.strictObject({
  attribute: criteria.attribute,
  ...pageQuery,
  limit: limitSchema(100, 500),
});

/** Headers by which a caller of a service says more than its name. */
export const routeHeaders = z
  .object({
    'x-aidevos-version': criteria.version,
    'x-aidevos-instance': criteria.instance,
    'x-aidevos-tag': wordList,
    'x-aidevos-capability': wordList,
    'x-aidevos-region': criteria.region,
    'x-aidevos-policy': policy.optional(),
    'x-aidevos-sticky': z.string().max(200, 'must have at most 200 characters').optional(),
    'x-aidevos-timeout-ms': z
      .string()
      .regex(/^\d{1,6}$/, 'must be a whole number of milliseconds')
      .transform(Number)
      .refine((timeoutMs) => timeoutMs >= 1 && timeoutMs <= maxRouteMs, `must be from 1 to ${maxRouteMs}`)
      .default(usualRouteMs),
  })
  .transform((headers) => ({
    version: headers['x-aidevos-version'],
    instance: headers['x-aidevos-instance'],
    tag: headers['x-aidevos-tag'],
    capability: headers['x-aidevos-capability'],
    region: headers['x-aidevos-region'],
    policy: headers['x-aidevos-policy'],
    sticky: headers['x-aidevos-sticky'],
    timeoutMs: headers['x-aidevos-timeout-ms'],
  }));
