/** What the tools of a run reach: the project's repository, the toolchain, the sandbox, the project itself, and its own tool servers. */
import { browserOf } from '../../shared/adapters/browser/browser-service.ts';
import { guardSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import { generateTests } from '../../shared/adapters/services/test-generation.ts';
import { webOf } from '../../shared/adapters/web/web-of-environment.ts';
import type { ObjectCaller } from '../../shared/adapters/services/object-caller.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import { createHttpToolServer } from '../../shared/adapters/tools/http-tool-server.ts';
import { parseOrigins } from '../../shared/adapters/tools/origins.ts';
import { guardToolchain } from '../../shared/adapters/services/guarded-toolchain.ts';
import type { AgentIdentity, Run } from '../../shared/domain/agent/state.ts';
import { placeOf } from '../../shared/domain/tool/place.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';
import type { ComposerRpc } from '../../shared/rpc/composer.ts';
import type { ToolContext } from '../../shared/domain/tool/tool.ts';
import { hashText } from '../platform/index.ts';
import { appName, objectName, projectStub, repositoryStub } from '../stubs.ts';
import type { AgentEnvironment } from './environment.ts';

/** The step as the journal names it. */
export interface StepContext {
  readonly idempotencyKey: string;
  readonly attempt: number;
}

/** What the step itself adds to the context: it needs the journal and the mailbox of the agent. */
export type StepTools = Pick<ToolContext, 'sendMessage' | 'once' | 'program' | 'wholeResult'>;

/** The longest command id that the platform's objects take is 200 characters. */
const commandIdLength = 180;

/** Models choose the ids of their calls, so a key may be long: what is cut off must not make two keys equal. */
const commandIdOf = (idempotencyKey: string): string =>
  idempotencyKey.length <= commandIdLength
    ? idempotencyKey
    : `${idempotencyKey.slice(0, 100)}#${hashText(idempotencyKey)}`;

/** The key of a call as servers outside see it: safe in addresses and headers, and without the platform's own names. */
export const callKeyOf = (idempotencyKey: string): string => `eff_${hashText(idempotencyKey).slice(0, 32)}`;

const figuresOf = ({ runId, modelCalls, toolCalls, tokens, failures, nudges, startedAt, model, found }: Run) => ({
  runId,
  modelCalls,
  toolCalls,
  tokens,
  failures,
  nudges,
  startedAt,
  ...(model === undefined ? {} : { model }),
  found: [...(found?.tools ?? []), ...(found?.connected ?? []).map(({ name }) => name)],
});

/** Time for one call of the Composer. */
const composerMs = 30_000;

/** Whoever composes services; each call carries a command id or only reads. */
const composerBy = (objects: ObjectCaller, workspaceId: WorkspaceId): ReturnType<ToolContext['composer']> => {
  const ask = <Value>(invoke: (composer: ComposerRpc) => Promise<Result<Value>>): Promise<Result<Value>> => {
    const criteria = { kind: 'platform', capabilities: ['composition'] } as const;
    return objects.call({ workspaceId, kind: 'composer', criteria, timeoutMs: composerMs, isRepeatable: true }, invoke);
  };
  return {
    plan: (query) => ask((composer) => composer.plan(query)),
    compose: (command) => ask((composer) => composer.compose(command)),
    get: (query) => ask((composer) => composer.get(query)),
  };
};

/** Fresh stubs for one call of a tool. */
export const createToolContext = (
  env: AgentEnvironment,
  objects: ObjectCaller,
  identity: AgentIdentity,
  run: Run,
  { idempotencyKey, attempt }: StepContext,
): Omit<ToolContext, keyof StepTools> => {
  const { workspaceId, projectId, agentId, role, name } = identity;
  const { runId, assignment } = run;
  const { web, opened } = webOf(env);
  const toolSettings = () => projectStub(env, workspaceId, projectId).toolSettings();
  const commandId = commandIdOf(idempotencyKey);
  const measuring = {
    toolchain: guardToolchain(env.TOOLCHAIN),
    sandbox: guardSandbox(env.SANDBOX),
    host: objectName(workspaceId, 'agent', agentId),
    runId: commandId,
  };
  return {
    assignment,
    place: placeOf(assignment),
    role,
    commandId,
    call: { key: callKeyOf(idempotencyKey), attempt, run: runId, task: assignment.task.key, agent: agentId },
    author: { name, email: `${name}@aidevos.invalid` },
    sandboxHost: measuring.host,
    repository: repositoryStub(env, workspaceId, projectId),
    toolchain: measuring.toolchain,
    sandbox: measuring.sandbox,
    browser: browserOf(env),
    generateTests: (request) => generateTests(measuring, request),
    projectId,
    composer: () => composerBy(objects, workspaceId),
    findServices: (criteria) => objects.find(workspaceId, criteria),
    project: projectStub(env, workspaceId, projectId),
    toolSettings,
    overview: projectStub(env, workspaceId, projectId),
    app: appName(workspaceId, projectId),
    web,
    fetchRules: async () => {
      const settings = await toolSettings();
      return settings.ok ? ok({ allowed: settings.value.fetchOrigins, opened }) : settings;
    },
    ownRun: figuresOf(run),
    toolServer: createHttpToolServer({ allowedOrigins: parseOrigins(env.AIDEVOS_TOOL_ORIGINS) }),
  };
};
