/** One agent or one role, asked in a conversation: reads whatever it may know and changes nothing. */
import type { AgentId, ProjectId } from '../../../shared/domain/ids.ts';
import { offlineChat } from '../../../shared/domain/offline-engineer/chat/chat.ts';
import { describeEvent } from '../../../shared/domain/progress/describe.ts';
import { progressOfReport } from '../../../shared/domain/progress/of-report.ts';
import { plainStyle } from '../../../shared/domain/progress/style.ts';
import { boundAnswer } from '../../../shared/domain/team-chat/bounded-answer.ts';
import { composeAgentSystem, composeRoleSystem } from '../../../shared/domain/team-chat/consultation.ts';
import { answerAsRole, answerFromFacts } from '../../../shared/domain/team-chat/offline-answers.ts';
import { namedPaths, type ProjectFacts } from '../../../shared/domain/team-chat/project-facts.ts';
import type { Role } from '../../../shared/domain/team/role.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import type { ProjectReport } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { askAgent, askProject, askRepository } from '../project-access.ts';
import { failedBy } from './platform-failure.ts';
import { readReport } from './project-desk.ts';

const recentEvents = 40;
const mostPaths = 2_000;
const longestFile = 20_000;

const questionOf = ({ messages }: ModelRequest): string =>
  messages.findLast(({ role }) => role === 'user')?.content ?? '';

/** The offline engineer keeps to tools and formats as a chat model does; texts it takes from what is known. */
const isPlainQuestion = ({ tools, messages, options }: ModelRequest): boolean =>
  tools.length === 0 && options?.format === undefined && messages.at(-1)?.role !== 'tool';

async function* said(text: string): AsyncGenerator<ModelEvent, void> {
  yield { type: 'text_delta', text };
  yield { type: 'finished', stopReason: 'end' };
}

/** A fresh role without a project. `model` is undefined for the offline engineer. */
export const createRoleClient = (role: Role, model: ModelClient | undefined): ModelClient => ({
  stream: (request, signal) => {
    if (model === undefined) {
      return isPlainQuestion(request)
        ? boundAnswer(request, said(answerAsRole(role, questionOf(request))))
        : offlineChat.stream(request, signal);
    }
    return model.stream({ ...request, system: composeRoleSystem(role, request.system) }, signal);
  },
});

const readEvents = async (context: AppContext, projectId: ProjectId, report: ProjectReport) => {
  const after = Math.max(0, report.sequence - recentEvents);
  const page = await askProject(context, projectId, (project) => project.events({ after, limit: recentEvents }));
  const state = progressOfReport(report, report.sequence);
  return page.ok
    ? page.value.map(({ event }) => describeEvent(state, event, plainStyle)).filter((line) => line !== undefined)
    : [];
};

/** A project may have no repository yet: then there are no files. */
const readFiles = async (context: AppContext, projectId: ProjectId, question: string) => {
  const listed = await askRepository(context, projectId, (repository) =>
    repository.listFiles({ ref: 'main', limit: mostPaths }),
  );
  const paths = listed.ok ? listed.value.files.map(({ path }) => path) : [];
  const files: { readonly path: string; readonly content: string }[] = [];
  for (const path of namedPaths(question, paths)) {
    const file = await askRepository(context, projectId, (repository) => repository.readFile({ ref: 'main', path }));
    if (file.ok) files.push({ path, content: file.value.content.slice(0, longestFile) });
  }
  return { paths, files };
};

const gather = async (context: AppContext, agentId: AgentId, question: string): Promise<Result<ProjectFacts>> => {
  const agent = await askAgent(context, agentId, (stub) => stub.get());
  if (!agent.ok) return agent;
  const { projectId } = agent.value;
  const report = await readReport(context, projectId);
  if (!report.ok) return report;
  const [events, files] = await Promise.all([
    readEvents(context, projectId, report.value),
    readFiles(context, projectId, question),
  ]);
  return ok({ agent: agent.value, report: report.value, events, ...files });
};

async function* answerAsAgent(
  context: AppContext,
  agentId: AgentId,
  model: ModelClient | undefined,
  ...[request, signal]: Parameters<ModelClient['stream']>
): AsyncGenerator<ModelEvent, void> {
  const facts = await gather(context, agentId, questionOf(request));
  if (!facts.ok) yield failedBy(facts.error);
  else if (model !== undefined) {
    yield* model.stream({ ...request, system: composeAgentSystem(facts.value, request.system) }, signal);
  } else if (isPlainQuestion(request)) {
    yield* boundAnswer(request, said(answerFromFacts(questionOf(request), facts.value)));
  } else yield* offlineChat.stream(request, signal);
}

/** An agent of a project. `model` is undefined where the agent is played by the offline engineer. */
export const createAgentClient = (
  context: AppContext,
  agentId: AgentId,
  model: ModelClient | undefined,
): ModelClient => ({
  stream: (...call) => answerAsAgent(context, agentId, model, ...call),
});
