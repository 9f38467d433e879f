/** What the fake project always has: an agent, a task with its review, a question, an effect in doubt, a dead letter. Named after its id. */
import type { AgentId, RunId, QuestionId, TaskId } from '../../../shared/domain/ids.ts';
import type { DeadLetterView } from '../../../shared/rpc/dead-letters.ts';
import type { AgentView, EffectView, QuestionView, TaskView } from '../../../shared/rpc/project.ts';

/** The part of an id after its prefix: the fake's cast shares it, so that a test can name the cast. */
const bodyOf = (id: string): string => id.slice(id.indexOf('_') + 1);
export const fakeAgentId = (projectId: string): AgentId => `agt_${bodyOf(projectId)}` as AgentId;
export const fakeQuestionId = (projectId: string): QuestionId => `qst_${bodyOf(projectId)}` as QuestionId;
export const fakeTaskId = (projectId: string): TaskId => `tsk_${bodyOf(projectId)}` as TaskId;
export const fakeReviewId = (projectId: string): TaskId => `tsk_${bodyOf(projectId).slice(0, -1)}z` as TaskId;

export const fakeEffectId = `eff_${'0'.repeat(32)}-1`;

export const fakeEffect = (projectId: string): EffectView => ({
  effectId: fakeEffectId,
  number: 1,
  status: 'in_doubt',
  taskId: fakeTaskId(projectId),
  agentId: fakeAgentId(projectId),
  runId: `run_${bodyOf(projectId)}` as RunId,
  tool: 'send_letter',
  effectClass: 'unsafe',
  detail: '{}',
  cause: 'The connection failed.',
  startedAt: 1,
  raisedAt: 1,
});

export const fakeDeadLetter: DeadLetterView = {
  letterId: 'project-outbox-1',
  object: 'project',
  part: 'outbox',
  kind: 'message',
  lane: 'agent/x',
  payloadHash: 'f'.repeat(64),
  attempts: 10,
  cause: 'Error: no',
  parkedAt: 1,
};

export const fakeAgent = (projectId: string): AgentView => ({
  agentId: fakeAgentId(projectId),
  role: 'backend',
  name: 'backend-1',
  status: 'idle',
  tasksDone: 0,
});

export const fakeTask = (projectId: string, taskId: TaskId): TaskView => ({
  taskId,
  key: taskId,
  title: 'A task',
  kind: 'implement',
  role: 'backend',
  description: 'Do it',
  acceptanceCriteria: ['done'],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 5,
  paths: ['src/'],
  stage: 'implementation',
  status: 'assigned',
  attempt: 1,
  agentId: fakeAgentId(projectId),
  comments: [],
  createdAt: 1,
});

export const fakeQuestion = (projectId: string): QuestionView => ({
  questionId: fakeQuestionId(projectId),
  taskId: fakeTaskId(projectId),
  taskTitle: 'A task',
  text: 'What now?',
  status: 'open',
  askedAt: 1,
});

/** The same question with its answer. */
export const fakeAnswer = (
  projectId: string,
  { text, answeredBy }: { readonly text: string; readonly answeredBy: string },
): QuestionView => ({ ...fakeQuestion(projectId), status: 'answered', answer: { text, answeredBy, at: 1 } });
