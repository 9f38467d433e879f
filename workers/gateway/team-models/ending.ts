/** The end of an answer of the team: how the project stands, what it asks, and the line that finds it again. */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { callToAsk } from '../../../shared/domain/team-chat/ask-person.ts';
import { describeQuestion, describeStanding } from '../../../shared/domain/team-chat/closing.ts';
import { tellLinked } from '../../../shared/domain/team-chat/linked-text.ts';
import { describeFiles, foremost, linksIn, type ProjectLinks } from '../../../shared/domain/team-chat/project-links.ts';
import { writeReference } from '../../../shared/domain/team-chat/project-reference.ts';
import type { AppError } from '../../../shared/errors/result.ts';
import type { ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import type { ProjectReport, QuestionView } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { askRepository } from '../project-access.ts';
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

const projectLinks = (context: AppContext, projectId: ProjectId): ProjectLinks => {
  const project = `${new URL(context.req.url).origin}/api/projects/${projectId}`;
  return {
    ...linksOf(context, projectId),
    reportUrl: `${project}/report`,
    fileUrl: (path) => `${project}/raw?path=${encodeURIComponent(path)}`,
  };
};

const mostListed = 2_000;

/** Of a project that is done, the files to look at first. A repository that does not answer is no reason to say nothing. */
const mainFiles = async (context: AppContext, { projectId, status }: ProjectReport): Promise<readonly string[]> => {
  if (status !== 'completed') return [];
  const listed = await askRepository(context, projectId, (repository) =>
    repository.listFiles({ ref: 'main', limit: mostListed }),
  );
  return listed.ok ? foremost(listed.value.files.map(({ path }) => path)) : [];
};

/** Everything up to and with the last event; an error where that could not be told. */
export async function* tellEnd(
  context: AppContext,
  parts: {
    readonly projectId: ProjectId;
    /** The last event that was told. */
    readonly sequence: number;
    /** What to say instead of how the project stands, and the files of which it speaks. */
    readonly instead: { readonly text: string; readonly files: readonly string[] } | undefined;
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
  const links = projectLinks(context, projectId);
  const files = instead?.files ?? (await mainFiles(context, report.value));
  const standing = instead?.text ?? describeStanding(report.value, links);
  const linked = `\n${standing}${describeFiles(files, links)}`;
  yield* tellLinked(linked, linksIn(report.value, links, files));
  if (note !== undefined) yield text(`\n${note}`);
  // Before the question: a client may end its answer at the tool call.
  yield text(`\n${writeReference({ projectId, sequence })}\n`);
  const stopReason = open === undefined ? 'end' : yield* askPerson(request, open);
  yield { type: 'finished', stopReason };
  return undefined;
}
