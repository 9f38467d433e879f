import fc from 'fast-check';
import { expect, it } from 'vitest';
import { passedRequestSchema, readRouting } from './openai-chat.ts';

const anything = fc.jsonValue({ maxDepth: 2 });

/** Mostly sound, with something odd in any place. */
const bodies = fc.oneof(
  anything,
  fc.record(
    {
      model: fc.oneof(fc.constantFrom('openai/gpt-5', ''), anything),
      messages: fc.oneof(
        fc.array(
          fc.oneof(fc.record({ role: fc.constantFrom('user', 'system') }), fc.record({ role: anything }), anything),
        ),
        anything,
      ),
      stream: fc.oneof(fc.boolean(), anything),
      n: fc.oneof(fc.integer({ min: -1, max: 130 }), anything),
      models: fc.oneof(fc.array(fc.string(), { maxLength: 7 }), anything),
      temperature: anything,
    },
    { requiredKeys: ['model', 'messages'] },
  ),
);

it('what routing reads of a chat request is what the schema reads of it', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      const read = readRouting(body);
      const parsed = passedRequestSchema.safeParse(body);
      expect(read.success).toBe(parsed.success);
      expect(read.data).toEqual(parsed.data);
      expect(read.error?.issues).toEqual(parsed.error?.issues);
    }),
    { numRuns: 2_000 },
  );
  expect(readRouting({ model: 'a/b', messages: [{ role: 'user' }] }).success).toBe(true);
});
