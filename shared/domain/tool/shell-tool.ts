/** A bash-like shell over the files of the branch. */
import { z } from 'zod';
import { defaultShellLimits, type ShellReport } from '../../rpc/sandbox.ts';
import { describeError, refusePaths, writingTo } from './file-tools.ts';
import { defineOpenTool, toolError, type OpenContext, type ToolResult } from './tool.ts';

/** As many as one write takes. */
const mostChanges = 200;

const describe = ({ exitCode, stdout, stderr, binary }: ShellReport, changed: readonly string[]): string =>
  [
    ...(stdout === '' ? [] : [stdout.replace(/\n$/, '')]),
    ...(stderr === '' ? [] : ['[errors]', stderr.replace(/\n$/, '')]),
    ...(changed.length === 0 ? [] : [`[changed ${changed.join(', ')}]`]),
    ...(binary.length === 0 ? [] : [`[not kept, because they are no text: ${binary.slice(0, 20).join(', ')}]`]),
    `[exit code ${exitCode}]`,
  ].join('\n');

const keep = async (context: OpenContext, report: ShellReport): Promise<ToolResult | undefined> => {
  const { changes } = report;
  if (changes.length === 0) return undefined;
  const refused = refusePaths(
    changes.map(({ path }) => path),
    context,
  );
  if (refused !== undefined) return refused;
  if (changes.length > mostChanges) {
    return toolError(`It changed ${changes.length} files; one script may change ${mostChanges}. Nothing was written.`);
  }
  const { commandId, repository } = context;
  const written = await repository.write({ commandId, ...writingTo(context), changes });
  return written.ok ? undefined : toolError(`${describeError(written.error)}\nNothing was written.`);
};

export const runShell = defineOpenTool({
  name: 'run_shell',
  description:
    'Runs a bash script over the files of your branch: grep, sed, awk, find, sort, jq, xargs, pipes, loops, functions. It begins at the root of the repository; what it changes within your paths is kept when it ends. It has no network and starts no programs: run tests with run_tests.',
  parameters: z.strictObject({ script: z.string().min(1).max(100_000) }),
  effectClass: 'idempotent',
  capability: 'process',
  cost: 'medium',
  isLong: true,
  examples: [
    {
      arguments: { script: "grep -rln 'oldName' src | xargs sed -i 's/oldName/newName/g'" },
      shows: 'a name replaced in all files',
    },
    {
      arguments: { script: "find src -name '*.ts' | xargs wc -l | sort -rn | head -5" },
      shows: 'the five longest files',
    },
  ],
  describe: ({ script }) => script.split('\n').find((line) => line.trim() !== '') ?? '',
  run: async ({ script }, context) => {
    // The script sees its own changes no second time: what it did is kept before it is written.
    const outcome = await context.once('script', async () => {
      const snapshot = await context.repository.snapshot({ ref: context.place.ref });
      if (!snapshot.ok) return { reason: describeError(snapshot.error) };
      return {
        report: await context.sandbox.runShell({ files: snapshot.value.files, script, limits: defaultShellLimits }),
      };
    });
    if (outcome.report === undefined) return toolError(outcome.reason);
    const { report } = outcome;
    const refused = await keep(context, report);
    if (refused !== undefined) return toolError(`${describe(report, [])}\n${refused.content}`);
    const content = describe(
      report,
      report.changes.map(({ path }) => path),
    );
    return report.exitCode === 0 ? { content } : toolError(content);
  },
});
