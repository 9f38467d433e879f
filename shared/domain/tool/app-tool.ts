/** UI automation: the deployed app, driven by its pages as a person would. */
import { z } from 'zod';
import { defineOpenTool, toolError } from './tool.ts';

const text = z.string().min(1).max(2_000);

const step = z.discriminatedUnion('action', [
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

export const driveApp = defineOpenTool({
  name: 'drive_app',
  description:
    'Drives the deployed app by its pages: visits, clicks links and buttons, fills in and sends forms, expects text and elements. By HTTP and HTML, without scripts in the page. Begins with empty data and no cookies; stops at the first step that fails.',
  parameters: z.strictObject({
    slot: z.enum(['preview', 'staging']).default('preview'),
    steps: z.array(step).min(1).max(100),
  }),
  effectClass: 'idempotent',
  capability: 'ui',
  cost: 'high',
  isLong: true,
  examples: [
    {
      arguments: {
        steps: [
          { action: 'visit', path: '/' },
          { action: 'fill', field: 'Title', value: 'Dune' },
          { action: 'submit' },
          { action: 'expect_text', text: 'Dune' },
        ],
      },
      shows: 'a form of the app filled in, and what the page says after it',
    },
  ],
  describe: ({ slot, steps }) => `${steps.length} steps on ${slot}`,
  run: async ({ slot, steps }, { app, sandbox }) => {
    const emptied = await sandbox.reset(app, slot);
    if (!emptied.ok) return toolError(emptied.error.detail);
    const plain = steps.map((each) =>
      each.action === 'submit'
        ? { action: each.action, ...(each.button === undefined ? {} : { button: each.button }) }
        : each,
    );
    const report = await sandbox.driveApp({ app, slot, steps: plain });
    if (!report.ok) return toolError(report.error.detail);
    const { taken, failed, page } = report.value;
    const lines = taken.map((line, index) => `${index + 1}. ${steps[index]?.action ?? ''}: ${line}`);
    if (failed !== undefined) lines.push(`${failed.step}. ${failed.action} FAILED: ${failed.reason}`);
    return { content: [...lines, '', page].join('\n'), isError: failed !== undefined };
  },
});
