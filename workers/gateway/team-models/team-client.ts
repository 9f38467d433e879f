/**
 * The whole team behind the port of every model. A conversation makes its project once and finds it again; the project
 * lives on by itself, whoever listens. What it is asked for is decided in `shared/domain/team-chat`.
 */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { boundAnswer } from '../../../shared/domain/team-chat/bounded-answer.ts';
import { describeNote, goesOn, introduction } from '../../../shared/domain/team-chat/closing.ts';
import { answerFromRecords } from '../../../shared/domain/team-chat/offline-answers.ts';
import { readTurn, type Turn } from '../../../shared/domain/team-chat/conversation.ts';
import {
  describeAttachment,
  describeDelivery,
  maxAttachmentLength,
  readFiles,
  type Attachment,
} from '../../../shared/domain/team-chat/person-files.ts';
import { readMeaning } from '../../../shared/domain/team-chat/person-message.ts';
import { writeReference } from '../../../shared/domain/team-chat/project-reference.ts';
import { ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import type { ProjectView } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { tellEnd } from './ending.ts';
import { Following } from './following.ts';
import { failedBy } from './platform-failure.ts';
import { readRecords } from './project-records.ts';
import { answerQuestion, beginProject, isMissing, readProject, readQuestions, sendNote } from './project-desk.ts';

export interface TeamCall {
  /** Set where the request names the project itself. */
  readonly projectId?: ProjectId;
  /** The client's own name of the conversation, by which equal words are told apart; empty for none. */
  readonly conversation: string;
  /** How long one answer follows a project. */
  readonly waitMs: number;
}

interface Found {
  readonly view: ProjectView;
  /** The last event of which the conversation knows. */
  readonly after: number;
  readonly isNew: boolean;
}

const text = (said: string): ModelEvent => ({ type: 'text_delta', text: said });
const finished: ModelEvent = { type: 'finished', stopReason: 'end' };

/** The conversation's project; undefined when it has none yet. */
const findProject = async (context: AppContext, call: TeamCall, turn: Turn): Promise<Result<Found | undefined>> => {
  const { reference } = turn;
  const known = call.projectId ?? (turn.type === 'specification' ? undefined : reference?.projectId);
  if (known !== undefined) {
    const view = await readProject(context, known);
    const after = reference?.projectId === known ? reference.sequence : undefined;
    if (view.ok) return ok({ view: view.value, after: after ?? view.value.sequence, isNew: false });
    // What a conversation says of a project that is not the caller's is only text.
    if (call.projectId !== undefined || !isMissing(view)) return view;
  }
  if (turn.opening === undefined) return ok(undefined);
  const begun = await beginProject(context, turn.opening, call.conversation);
  return begun.ok ? ok({ ...begun.value, after: 0 }) : begun;
};

const greet = ({ view, after, isNew }: Found): string =>
  `${writeReference({ projectId: view.projectId, sequence: after })}: “${view.name}”${
    isNew ? ' has begun. The team works on it, also when you leave; come back with this conversation.' : '.'
  }\n\n`;

/** What was done before anything is told, and what is told then. */
type Act =
  /** What happens until the project rests, and how it stands. */
  | { readonly type: 'follow' }
  /** What has happened, and how it stands. */
  | { readonly type: 'status' }
  | { readonly type: 'say'; readonly text: string; readonly files: readonly string[] };

const actOn = async (context: AppContext, { view }: Found, turn: Turn): Promise<Result<Act>> => {
  const { projectId } = view;
  if (turn.type === 'specification' || turn.type === 'nothing_yet') return ok({ type: 'follow' });
  if (turn.type === 'tool_answer') {
    if (turn.text.trim() === '') return ok({ type: 'follow' });
    const answered = await answerQuestion(context, projectId, { questionId: turn.questionId, text: turn.text });
    return answered.ok ? ok({ type: 'follow' }) : answered;
  }
  const questions = await readQuestions(context, projectId);
  if (!questions.ok) return questions;
  const meaning = readMeaning(turn.text, questions.value, context.var.principal.keyId);
  switch (meaning.type) {
    case 'status':
      return ok({ type: 'status' });
    case 'follow':
      return ok({ type: 'follow' });
    case 'question': {
      const records = await readRecords(context, projectId, turn.text);
      if (!records.ok) return records;
      const files = records.value.files.map(({ path }) => path);
      return ok({ type: 'say', text: answerFromRecords(turn.text, records.value), files });
    }
    case 'answer': {
      const { questionId } = meaning.question;
      const answered = await answerQuestion(context, projectId, { questionId, text: meaning.text });
      return answered.ok ? ok({ type: 'follow' }) : answered;
    }
    case 'note': {
      const sent = await sendNote(context, projectId, turn);
      return sent.ok ? ok({ type: 'say', text: describeNote(view), files: [] }) : sent;
    }
  }
};

const attachmentTooLong = ({ name, text: { length } }: Attachment): AppError => {
  const reason = `is ${length} characters long; at most ${maxAttachmentLength} are taken as an attachment`;
  return { type: 'request.invalid', detail: `The file “${name}” ${reason}.`, issues: [{ field: name, reason }] };
};

/** Each attachment once, however often the request comes. */
const deliver = async (
  context: AppContext,
  projectId: ProjectId,
  attachments: readonly Attachment[],
): Promise<Result<true>> => {
  for (const attachment of attachments) {
    const sent = await sendNote(context, projectId, { text: describeAttachment(attachment), number: 0 });
    if (!sent.ok) return sent;
  }
  return ok(true);
};

async function* answer(
  context: AppContext,
  call: TeamCall,
  request: ModelRequest,
  signal: CancelSignal | undefined,
): AsyncGenerator<ModelEvent, AppError | undefined> {
  const { messages, attachments } = readFiles(request.messages);
  const tooLong = attachments.find((attachment) => attachment.text.length > maxAttachmentLength);
  if (tooLong !== undefined) return attachmentTooLong(tooLong);
  const turn = readTurn(messages, call.projectId !== undefined);
  const found = await findProject(context, call, turn);
  if (!found.ok) return found.error;
  if (found.value === undefined) {
    yield text(introduction);
    yield finished;
    return undefined;
  }
  const { view, after } = found.value;
  const act = await actOn(context, found.value, turn);
  if (!act.ok) return act.error;
  const delivered = await deliver(context, view.projectId, attachments);
  if (!delivered.ok) return delivered.error;
  yield text(greet(found.value));
  if (attachments.length > 0) yield text(describeDelivery(attachments));
  const following = await Following.start(context, view.projectId, after);
  if (!following.ok) return following.error;
  const deadline = context.var.services.clock.now() + call.waitMs;
  const told =
    act.value.type === 'follow'
      ? yield* following.value.untilRest(deadline, signal)
      : yield* following.value.untilNow();
  if (!told.ok) return told.error;
  if (told.value === 'left') return undefined;
  return yield* tellEnd(context, {
    projectId: view.projectId,
    sequence: following.value.sequence,
    instead: act.value.type === 'say' ? act.value : undefined,
    note: told.value === 'waits' ? goesOn : undefined,
    request,
  });
}

async function* guarded(
  context: AppContext,
  call: TeamCall,
  request: ModelRequest,
  signal: CancelSignal | undefined,
): AsyncGenerator<ModelEvent, void> {
  try {
    const error = yield* answer(context, call, request, signal);
    if (error !== undefined) yield failedBy(error);
  } catch (error) {
    const { services, requestId } = context.var;
    services.log({ level: 'error', message: 'the team failed to answer', requestId, error });
    yield failedBy({ type: 'internal', detail: 'The team could not be asked. The request id leads to the cause.' });
  }
}

/** The team, for one request of the caller. */
export const createTeamClient = (context: AppContext, call: TeamCall): ModelClient => ({
  stream: (request, signal) => boundAnswer(request, guarded(context, call, request, signal)),
});
