/** UI automation: the deployed app, driven by its pages as a person would. */
import { z } from 'zod';
import { driveSteps, drivenSlot, plainSteps } from './drive-steps.ts';
import type { DriveReport, DriveRequest } from '../../rpc/sandbox.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import { defineOpenTool, toolError, type OpenContext } from './tool.ts';

/** Who drove, and why it was no browser. */
interface Driven {
  readonly by: string;
  readonly report: DriveReport;
}

/** By a browser where one is there and answers, else by HTTP; each begins with empty data. */
const drive = async (request: DriveRequest, { sandbox, browser }: OpenContext): Promise<Result<Driven>> => {
  const emptied = await sandbox.reset(request.app, request.slot);
  if (!emptied.ok) return emptied;
  const seen = await browser.drive(request);
  if (seen.status === 'driven') return ok({ by: 'browser', report: seen.report });
  if (seen.mayHaveActed) {
    const again = await sandbox.reset(request.app, request.slot);
    if (!again.ok) return err(again.error);
  }
  const report = await sandbox.driveApp(request);
  if (!report.ok) return report;
  return ok({ by: `http (without a browser: ${seen.reason}; scripts of pages are not run)`, report: report.value });
};

/** Models get text alone, and would pay for a picture by the character; only persons have no run. */
const isOfPerson = (context: OpenContext): boolean => !('ownRun' in context);

export const driveApp = defineOpenTool({
  name: 'drive_app',
  version: 2,
  description:
    'Drives the deployed app by its pages: visits, clicks links and buttons, fills in and sends forms, expects text and elements (waits for them a few seconds). In a real browser where one is there, else by HTTP and HTML without scripts; `drivenBy` says which. Begins with empty data and no cookies; stops at the first step that fails.',
  parameters: z.strictObject({
    slot: drivenSlot.default('preview'),
    steps: driveSteps,
    screenshot: z
      .boolean()
      .default(false)
      .describe('A picture of the page at the end, for persons; agents read `outline`.'),
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
  run: async ({ slot, steps, screenshot }, context) => {
    const wantsPicture = screenshot && isOfPerson(context);
    const request = { app: context.app, slot, steps: plainSteps(steps), ...(wantsPicture ? { screenshot } : {}) };
    const driven = await drive(request, context);
    if (!driven.ok) return toolError(driven.error.detail);
    const { taken, failed, page, notes, screenshot: picture } = driven.value.report;
    const lines = [
      `drivenBy: ${driven.value.by}`,
      ...taken.map((line, index) => `${index + 1}. ${steps[index]?.action ?? ''}: ${line}`),
    ];
    if (failed !== undefined) lines.push(`${failed.step}. ${failed.action} FAILED: ${failed.reason}`);
    if (notes.length > 0) lines.push('', 'notes:', ...notes.map((note) => `- ${note}`));
    lines.push('', page);
    if (picture !== undefined) lines.push('', picture);
    return { content: lines.join('\n'), isError: failed !== undefined };
  },
});
