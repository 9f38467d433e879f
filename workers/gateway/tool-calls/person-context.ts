/** What the tools reach that a person runs over HTTP: the same objects and Workers as an agent's, and no journal. */
import { guardSandbox } from '../../../shared/adapters/services/guarded-sandbox.ts';
import { guardToolchain } from '../../../shared/adapters/services/guarded-toolchain.ts';
import { generateTests } from '../../../shared/adapters/services/test-generation.ts';
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { findTool, platformCards } from '../../../shared/domain/tool/index.ts';
import { refuseInProgram } from '../../../shared/domain/tool/program-tool.ts';
import type { OpenContext, ToolPlace } from '../../../shared/domain/tool/tool.ts';
import { ok } from '../../../shared/errors/result.ts';
import type { ProgramAnswer } from '../../../shared/rpc/sandbox.ts';
import type { AppContext } from '../app-environment.ts';

/** No branch of an agent has such a number, and no end of a project's work reaches it. */
export const personalFencingToken = 2 ** 40;

/** Tools that a person's program may call: open ones, and those that write only with a branch to write to. */
const callable = (place: ToolPlace): readonly string[] =>
  platformCards().flatMap(({ name, open, capability }) => {
    const tool = findTool(name, []);
    const fits = open && (capability !== 'files.write' || place.writing !== undefined);
    return fits && tool !== undefined && refuseInProgram(tool) === undefined ? [name] : [];
  });

/** @param commandId names this call and no other; parts of it are named after it */
export const createPersonContext = (
  context: AppContext,
  projectId: ProjectId,
  place: ToolPlace,
  commandId: string,
): OpenContext => {
  const { services, principal } = context.var;
  const tools = callable(place);
  const project = services.objects.project(principal.workspaceId, projectId);
  const call = async (index: number, name: string, argumentsJson: string): Promise<ProgramAnswer> => {
    const runOpen = tools.includes(name) ? findTool(name, [])?.runOpen : undefined;
    if (runOpen === undefined) {
      return { type: 'answered', content: `A program of yours cannot call ${name} here.`, isError: true };
    }
    const inner = createPersonContext(context, projectId, place, `${commandId}/${index}`);
    const { content, isError = false } = await runOpen(argumentsJson, inner);
    return { type: 'answered', content, isError };
  };
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
      calls: services.programCalls(call),
      startedAt: services.clock.now(),
      seed: commandId,
    },
  };
};
