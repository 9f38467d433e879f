/** Code as action: a program of the agent that calls its tools as functions. */
import { z } from 'zod';
import { defaultProgramLimits, type ProgramReport } from '../../rpc/sandbox.ts';
import type { BuildResult } from '../../rpc/toolchain.ts';
import type { Capability } from './capability.ts';
import type { Tool, ToolResult } from './tool.ts';
import { defineOpenTool, toolError } from './tool.ts';

const entry = 'program.ts';

const isModule = (code: string): boolean => /^\s*(?:import|export)\s/m.test(code);

/** Statements become the body of a function on the same lines, so that lines in messages are the model's own. */
const toModule = (code: string): string =>
  isModule(code) ? code : `export default async (tools: any): Promise<unknown> => { ${code}\n};`;

/** What ends a task, changes which tools there are, or is a program itself is called on its own. */
const outside: ReadonlySet<Capability> = new Set<Capability>(['outcome', 'discovery', 'release']);

/** Why a program may not call a tool that its caller has, or undefined when it may. */
export const refuseInProgram = ({ name, capability, effectClass }: Tool): string | undefined => {
  if (name === 'run_program' || outside.has(capability))
    return `${name} cannot be called in a program: call it on its own.`;
  return effectClass === 'unsafe' || effectClass === 'lookup'
    ? `${name} cannot be called in a program: nobody could settle it in the middle should its outcome be unknown. Call it on its own.`
    : undefined;
};

const describeBuild = (built: Extract<BuildResult, { ok: false }>): string =>
  built.error.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`).join('\n');

const shownValue = (valueJson: string): string => {
  const value: unknown = JSON.parse(valueJson);
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};

const reasons: Readonly<Record<Exclude<ProgramReport['status'], 'finished'>, string>> = {
  failed: 'The program failed',
  stopped: 'The program was stopped',
  timed_out: 'The program took too long',
  crashed: 'The isolate of the program died',
};

const describe = (report: ProgramReport): ToolResult => {
  const printed = report.console.length === 0 ? [] : ['Printed:', ...report.console];
  const tail = [...printed, `[${report.calls} calls of tools]`];
  if (report.status === 'finished') {
    return { content: [`Returned: ${shownValue(report.valueJson ?? 'null')}`, ...tail].join('\n') };
  }
  const reason = report.reason === undefined ? '' : `: ${report.reason}`;
  const done = report.calls === 0 ? [] : ['What its calls did before stays done.'];
  return toolError([`${reasons[report.status]}${reason}`, ...done, ...tail].join('\n'));
};

export const runProgram = defineOpenTool({
  name: 'run_program',
  description:
    'Runs a TypeScript program that calls your tools as functions: `const text = await tools.read_file({ path })`. Each gives its result as a string and throws when it fails; `return` a JSON value. Use it for many calls at once, loops, and decisions between calls. It has no network, no timers, a fixed clock, and at most 200 calls.',
  parameters: z.strictObject({
    code: z
      .string()
      .min(1)
      .max(200_000)
      .describe('Statements with await and return, or a module whose default export is an async function of `tools`.'),
  }),
  effectClass: 'idempotent',
  capability: 'process',
  cost: 'high',
  isLong: true,
  examples: [
    {
      arguments: {
        code: "const files = (await tools.glob({ pattern: 'src/**/*.ts' })).split('\\n').map((line) => line.split(' ')[0]);\nconst long = [];\nfor (const path of files) if ((await tools.read_file({ path })).split('\\n').length > 200) long.push(path);\nreturn long;",
      },
      shows: 'the files below src with more than 200 lines',
    },
  ],
  describe: ({ code }) => code.split('\n').find((line) => line.trim() !== '') ?? '',
  run: async ({ code }, { toolchain, sandbox, program }) => {
    const built = await toolchain.build({ files: { [entry]: toModule(code) }, entries: [entry] });
    if (!built.ok) return toolError(`The program cannot be built:\n${describeBuild(built)}`);
    const { tools, calls, startedAt, seed } = program;
    const request = { built: built.value, entry, tools, startedAt, seed, limits: defaultProgramLimits };
    return describe(await sandbox.runProgram(request, calls));
  },
});
