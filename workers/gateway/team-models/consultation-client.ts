/** One agent or one role, asked in a conversation: reads whatever it may know and changes nothing. */
import type { AgentId } from '../../../shared/domain/ids.ts';
import { offlineChat } from '../../../shared/domain/offline-engineer/chat/chat.ts';
import { boundAnswer } from '../../../shared/domain/team-chat/bounded-answer.ts';
import { composeAgentSystem, composeRoleSystem } from '../../../shared/domain/team-chat/consultation.ts';
import { answerAsRole, answerFromFacts } from '../../../shared/domain/team-chat/offline-answers.ts';
import type { ProjectFacts } from '../../../shared/domain/team-chat/project-facts.ts';
import type { Role } from '../../../shared/domain/team/role.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import type { AppContext } from '../app-environment.ts';
import { askAgent } from '../project-access.ts';
import { failedBy } from './platform-failure.ts';
import { readRecords } from './project-records.ts';

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

const gather = async (context: AppContext, agentId: AgentId, question: string): Promise<Result<ProjectFacts>> => {
  const agent = await askAgent(context, agentId, (stub) => stub.get());
  if (!agent.ok) return agent;
  const records = await readRecords(context, agent.value.projectId, question);
  return records.ok ? ok({ ...records.value, agent: agent.value }) : records;
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
