/** `aidevos build`: from a specification to a running app. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { addLimitOptions } from './budget.ts';
import { answerOf } from '../api/client.ts';
import { hasLimits, withLimits, type LimitOptions } from '../budget-options.ts';
import { createContext, type CommandContext } from '../context.ts';
import { exitCodes, usageFailure } from '../exit-codes.ts';
import { answer } from '../output/print.ts';
import { createProgressView } from '../progress/view.ts';
import { clean } from '../../shared/domain/progress/style.ts';
import type { ProgressState } from '../../shared/domain/progress/state.ts';
import { readSpecificationFile, type SpecificationFile } from '../specification-file.ts';
import { interruptSignal, watchProject } from '../watch.ts';

interface BuildOptions extends LimitOptions {
  readonly name?: string;
  readonly model?: string;
  readonly tools?: string;
  readonly inDoubt?: string;
  readonly pool?: readonly string[];
  readonly wait?: boolean;
  readonly report?: string;
}

/** What a build ends with, also as the last line of `--json`. */
export interface BuildResult {
  readonly type: 'result';
  readonly projectId: string;
  readonly status: string;
  readonly appUrl: string;
  readonly repositoryUrl: string;
  /** Path of the report, or its address where no file was asked for. */
  readonly report: string;
  readonly reason?: string;
}

interface CreatedProject {
  readonly projectId: string;
  readonly name: string;
  readonly appUrl: string;
  readonly repositoryUrl: string;
}

type ToolDocuments = NonNullable<Parameters<CommandContext['client']['api']['projects']['$post']>[0]['json']['tools']>;

/** The tools that a project brings, from a file with a JSON array of them. What is in it the platform checks. */
const readTools = (path: string): ToolDocuments => {
  let tools: unknown;
  try {
    tools = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw usageFailure(`--tools: ${path} cannot be read as JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (!Array.isArray(tools)) throw usageFailure(`--tools: ${path} is not an array of tools`);
  // SAFETY: the platform refuses, field by field, what is no tool.
  return tools as ToolDocuments;
};

const askedFirst = (text: string): 'person' | 'project_manager' => {
  if (text === 'person' || text === 'project_manager') return text;
  throw usageFailure(`--in-doubt: "${text}" is not one of person, project_manager`);
};

/** `backend=1..4`. Whether the role is there and the bounds are right the platform checks. */
const readPool = (text: string): { readonly role: string; readonly minimum: number; readonly maximum: number } => {
  const [, role, minimum, maximum] = /^([a-z][a-z0-9_]*)=(\d{1,3})\.\.(\d{1,3})$/.exec(text) ?? [];
  if (role === undefined) throw usageFailure(`--pool: "${text}" is not <role>=<minimum>..<maximum>`);
  return { role, minimum: Number(minimum), maximum: Number(maximum) };
};

const create = async (
  context: CommandContext,
  file: SpecificationFile,
  options: BuildOptions,
): Promise<CreatedProject> => {
  const { name, model, tools, inDoubt, pool = [] } = options;
  const json = {
    ...file,
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    ...(tools === undefined ? {} : { tools: readTools(tools) }),
    ...(pool.length === 0 ? {} : { pools: pool.map(readPool) }),
    ...(inDoubt === undefined ? {} : { inDoubt: askedFirst(inDoubt) }),
    ...(hasLimits(options) ? { budget: { project: withLimits({}, options) } } : {}),
  };
  return answerOf(
    // One key for this command: should the answer be lost, a repeat would find the same project.
    context.client.api.projects.$post({ query: {}, json }, { headers: { 'idempotency-key': randomUUID() } }),
  );
};

const saveReport = async (context: CommandContext, projectId: string, path: string): Promise<string> => {
  const param = { projectId };
  const report = await answerOf(context.client.api.projects[':projectId'].report.$get({ param }));
  const target = resolve(path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, report.markdown);
  return target;
};

/** `http://aidevos:<key>@host/git/<project>.git`: git asks for no password then. */
const cloneUrl = (repositoryUrl: string, key: string): string => {
  const url = new URL(repositoryUrl);
  url.username = 'aidevos';
  url.password = key;
  return url.href;
};

const describeResult = (context: CommandContext, result: BuildResult): string => {
  const lines =
    result.status === 'completed'
      ? [`App         ${result.appUrl}`]
      : [`The project is ${result.status}.`, ...(result.reason === undefined ? [] : [clean(result.reason)])];
  return [
    '',
    ...lines,
    `Repository  git clone ${cloneUrl(result.repositoryUrl, context.connection.key)}`,
    `Report      ${result.report}`,
  ].join('\n');
};

const wait = async (context: CommandContext, project: CreatedProject, options: BuildOptions): Promise<void> => {
  const interrupted = interruptSignal();
  const view = createProgressView(context.json);
  const state: ProgressState = await watchProject(context.connection, project.projectId, view, interrupted);
  if (interrupted.aborted) {
    if (!context.json)
      console.error(`\nStopped watching; the project goes on: aidevos logs ${project.projectId} --follow`);
    process.exitCode = 130;
    return;
  }
  const { projectId, appUrl, repositoryUrl } = project;
  const report =
    options.report === undefined
      ? `${context.connection.url}/api/projects/${projectId}/report`
      : await saveReport(context, projectId, options.report);
  const result: BuildResult = {
    type: 'result',
    projectId,
    status: state.status,
    appUrl,
    repositoryUrl,
    report,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
  };
  answer(context.json, result, () => describeResult(context, result));
  process.exitCode = state.status === 'completed' ? exitCodes.ok : exitCodes.projectFailed;
};

const build = async (path: string, options: BuildOptions, command: Command): Promise<void> => {
  const file = await readSpecificationFile(path);
  const context = await createContext(command);
  const project = await create(context, file, options);
  if (options.wait === true) {
    await wait(context, project, options);
    return;
  }
  answer(context.json, project, ({ projectId, name }) =>
    [`Project "${clean(name)}" has begun: ${projectId}`, `Follow it:  aidevos logs ${projectId} --follow`].join('\n'),
  );
};

export const addBuildCommand = (program: Command): void => {
  addLimitOptions(
    program
      .command('build')
      .description('build a product from a specification: Markdown, or OpenAPI 3 in YAML or JSON')
      .argument('<spec>', 'path of the specification, or - for standard input')
      .option('--name <name>', 'name of the project; otherwise it is taken from the specification')
      .option('--model <model>', '<provider>/<model>, an alias, or auto; for example anthropic/claude-sonnet-4-6')
      .option('--tools <file>', 'HTTP tools that the agents may call: a JSON array, see docs/tools.md')
      .option('--pool <bounds...>', 'agents of a role at a time, as backend=1..4; for several roles')
      .option('--in-doubt <who>', 'who is asked first about calls in doubt: person (the default) or project_manager')
      .option('--wait', 'show the progress and end with the project')
      .option('--report <file>', 'with --wait: write the report to this file, as Markdown'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ aidevos build examples/bookshelf/spec.md --wait
  $ aidevos build openapi.yaml --name "Pet store" --model openai/gpt-5 --wait --report report.md
  $ aidevos build spec.md --max-cost 5 --max-minutes 60 --wait
  $ cat spec.md | aidevos build - --json`,
    )
    .action(build);
};
