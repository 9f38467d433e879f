/** What the tools reach that a person runs over HTTP: the same objects and Workers as an agent's. */
import { guardSandbox } from '../../../shared/adapters/services/guarded-sandbox.ts';
import { guardToolchain } from '../../../shared/adapters/services/guarded-toolchain.ts';
import { generateTests } from '../../../shared/adapters/services/test-generation.ts';
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { findTool, platformCards } from '../../../shared/domain/tool/index.ts';
import { refuseInProgram } from '../../../shared/domain/tool/program-tool.ts';
import type { OpenContext, ToolPlace } from '../../../shared/domain/tool/tool.ts';
import { ok } from '../../../shared/errors/result.ts';
import type { ProgramCalls } from '../../../shared/rpc/sandbox.ts';
import type { AppContext } from '../app-environment.ts';
import { withoutJournal, type ProgramJournal } from './program-journal.ts';

/** No branch of an agent has such a number, and no end of a project's work reaches it. */
export const personalFencingToken = 2 ** 40;

/** Tools that a person's program may call: open ones, and those that write only with a branch to write to. */
const callable = (place: ToolPlace): readonly string[] =>
  platformCards().flatMap(({ name, open, capability }) => {
    const tool = findTool(name, []);
    const fits = open && (capability !== 'files.write' || place.writing !== undefined);
    return fits && tool !== undefined && refuseInProgram(tool) === undefined ? [name] : [];
  });

/** Answers the calls of a program: with what is kept of them, or by making them. */
const answerCalls =
  (tools: readonly string[], journal: ProgramJournal, innerOf: (index: number) => OpenContext): ProgramCalls['call'] =>
  async (index, tool, argumentsJson) => {
    const runOpen = tools.includes(tool) ? findTool(tool, [])?.runOpen : undefined;
    if (runOpen === undefined)
      return { type: 'answered', content: `A program of yours cannot call ${tool} here.`, isError: true };
    return await journal.answer({ index, tool, argumentsJson }, async () => {
      const { content, isError = false } = await runOpen(argumentsJson, innerOf(index));
      return { content, isError };
    });
  };

/**
 * @param commandId names this call and no other; parts of it are named after it
 * @param journal of the program, when the tool is one
 */
export const createPersonContext = (
  context: AppContext,
  projectId: ProjectId,
  place: ToolPlace,
  commandId: string,
  journal: ProgramJournal = withoutJournal(context.var.services.clock.now()),
): OpenContext => {
  const { services, principal } = context.var;
  const tools = callable(place);
  const project = services.objects.project(principal.workspaceId, projectId);
  const innerOf = (index: number) => createPersonContext(context, projectId, place, `${commandId}/${index}`);
  const measuring = {
    toolchain: guardToolchain(services.toolchain),
    sandbox: guardSandbox(services.sandbox),
    host: `${principal.workspaceId}/person/${principal.keyId}`,
    runId: commandId,
  };
  return {
    place,
    commandId,
    author: { name: principal.keyId, email: `${principal.keyId}@aidevos.invalid` },
    sandboxHost: measuring.host,
    repository: services.objects.repository(principal.workspaceId, projectId),
    toolchain: measuring.toolchain,
    sandbox: measuring.sandbox,
    browser: services.browser,
    generateTests: (request) => generateTests(measuring, request),
    app: services.appName(principal.workspaceId, projectId),
    overview: project,
    web: services.web,
    fetchRules: async () => {
      const settings = await project.toolSettings();
      return settings.ok ? ok({ allowed: settings.value.fetchOrigins, opened: services.fetchOpened }) : settings;
    },
    once: (_name, work) => work(),
    program: {
      tools,
      calls: services.programCalls(answerCalls(tools, journal, innerOf)),
      startedAt: journal.startedAt,
      seed: commandId,
    },
  };
};
