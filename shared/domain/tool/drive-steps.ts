/** The steps by which an app is driven, and what came of them, as they are checked wherever they enter. */
import { z } from 'zod';
import type { DriveReport, DriveStep } from '../../rpc/sandbox.ts';

const text = z.string().min(1).max(2_000);

const driveStep = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('visit'),
    path: z.string().min(1).max(2_000).describe('From the root of the app.'),
  }),
  z.strictObject({
    action: z.literal('click'),
    target: text.describe('The text of a link or button, or a CSS selector.'),
  }),
  z.strictObject({
    action: z.literal('fill'),
    field: text.describe('Its label, name, id or placeholder.'),
    value: z.string().max(20_000).describe('A choice of a list by its text; yes or no for a box to tick.'),
  }),
  z.strictObject({
    action: z.literal('submit'),
    button: text.optional().describe('Needed where there are several forms.'),
  }),
  z.strictObject({ action: z.literal('expect_status'), status: z.int().min(100).max(599) }),
  z.strictObject({ action: z.literal('expect_text'), text }),
  z.strictObject({ action: z.literal('expect_no_text'), text }),
  z.strictObject({ action: z.literal('expect_element'), selector: text.describe('A CSS selector.') }),
]);

/** Up to 100 steps, taken in order. */
export const driveSteps = z.array(driveStep).min(1).max(100);

/** The slots that may be driven: driving empties their data. */
export const drivenSlot = z.enum(['preview', 'staging']);

/** A screenshot as a data URL is at most this long. */
export const maxScreenshotCharacters = 40_000;

/** The answer of a browser service. Its limits are far above what a sound service sends. */
export const driveReport = z.object({
  taken: z.array(z.string().max(10_000)).max(100),
  failed: z.object({ step: z.int().min(1), action: z.string().max(100), reason: z.string().max(10_000) }).optional(),
  page: z.string().max(40_000),
  notes: z.array(z.string().max(1_000)).max(200),
  screenshot: z.string().startsWith('data:image/jpeg;base64,').max(maxScreenshotCharacters).optional(),
});

/** Steps without properties that are there and undefined. */
export const plainSteps = (steps: z.infer<typeof driveSteps>): readonly DriveStep[] =>
  steps.map((each) =>
    each.action === 'submit'
      ? { action: each.action, ...(each.button === undefined ? {} : { button: each.button }) }
      : each,
  );

/** A report without properties that are there and undefined. */
export const plainReport = ({ failed, screenshot, ...rest }: z.infer<typeof driveReport>): DriveReport => ({
  ...rest,
  ...(failed === undefined ? {} : { failed }),
  ...(screenshot === undefined ? {} : { screenshot }),
});
