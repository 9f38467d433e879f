/** The end of an answer of the team: how the project stands, what it asks, and the line that finds it again. */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { callToAsk } from '../../../shared/domain/team-chat/ask-person.ts';
import { describeQuestion, describeStanding } from '../../../shared/domain/team-chat/closing.ts';
import { writeReference } from '../../../shared/domain/team-chat/project-reference.ts';
import type { AppError } from '../../../shared/errors/result.ts';
import type { ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import type { QuestionView } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { linksOf } from '../routes/projects/present.ts';
import { readQuestions, readReport } from './project-desk.ts';

const text = (said: string): ModelEvent => ({ type: 'text_delta', text: said });

/** By the client's tool where it has one, else in words. */
function* askPerson(request: ModelRequest, question: QuestionView): Generator<ModelEvent, 'end' | 'tool_calls'> {
  const mayCall = request.options?.toolChoice?.type !== 'none';
  const call = mayCall ? callToAsk(request.tools, question) : undefined;
  if (call === undefined) {
    yield text(`\n${describeQuestion(question)}`);
    return 'end';
  }
  yield { type: 'tool_call_started', index: 0, id: call.id, name: call.name };
  yield { type: 'tool_call_delta', index: 0, argumentsText: call.argumentsJson };
  return 'tool_calls';
}

/** Everything up to and with the last event; an error where that could not be told. */
export async function* tellEnd(
  context: AppContext,
  parts: {
    readonly projectId: ProjectId;
    /** The last event that was told. */
    readonly sequence: number;
    /** What to say instead of how the project stands. */
    readonly instead: string | undefined;
    /** To be said after it. */
    readonly note: string | undefined;
    readonly request: ModelRequest;
  },
): AsyncGenerator<ModelEvent, AppError | undefined> {
  const { projectId, sequence, instead, note, request } = parts;
  const report = await readReport(context, projectId);
  if (!report.ok) return report.error;
  const questions = await readQuestions(context, projectId);
  if (!questions.ok) return questions.error;
  const open = questions.value.find(({ status }) => status === 'open');
  const { origin } = new URL(context.req.url);
  const links = { ...linksOf(context, projectId), reportUrl: `${origin}/api/projects/${projectId}/report` };
  yield text(`\n${instead ?? describeStanding(report.value, links)}`);
  if (note !== undefined) yield text(`\n${note}`);
  // Before the question: a client may end its answer at the tool call.
  yield text(`\n${writeReference({ projectId, sequence })}\n`);
  const stopReason = open === undefined ? 'end' : yield* askPerson(request, open);
  yield { type: 'finished', stopReason };
  return undefined;
}
