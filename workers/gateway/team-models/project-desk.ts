/** What a conversation may do to a project of the caller's own workspace. Every command is named by its conversation. */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import type { ProjectId, QuestionId } from '../../../shared/domain/ids.ts';
import type { Opening } from '../../../shared/domain/team-chat/conversation.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { ProjectReport, ProjectView, QuestionView } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { reserveProject, startProject } from '../new-project.ts';
import { ask } from '../objects.ts';
import { askProject } from '../project-access.ts';

/** The same words of the same key in the same workspace name the same command. */
const commandIdOf = ({ var: { principal } }: AppContext, ...words: readonly string[]): string =>
  `chat:${hashText(JSON.stringify([principal.workspaceId, principal.keyId, ...words]))}`;

export interface Begun {
  readonly view: ProjectView;
  /** False when the same words had begun it before. */
  readonly isNew: boolean;
}

/**
 * The project of these words, made now unless it was before.
 * @param conversation the client's own name for it, by which equal words are told apart; empty for none.
 */
export const beginProject = async (
  context: AppContext,
  opening: Opening,
  conversation: string,
): Promise<Result<Begun>> => {
  const commandId = commandIdOf(context, 'project', conversation, ...opening.said);
  const projectId = await reserveProject(context, commandId);
  if (!projectId.ok) return projectId;
  const { services, principal, requestId } = context.var;
  const options = { log: services.log, requestId, part: 'project' };
  // The reservation is the workspace's own, so the project needs no other check.
  const known = await ask(() => services.objects.project(principal.workspaceId, projectId.value).get(), options);
  if (known.ok) return ok({ view: known.value, isNew: false });
  if (known.error.type !== 'resource.not_found') return known;
  const specification = opening.specification;
  const view = await startProject(context, { commandId, projectId: projectId.value, specification });
  return view.ok ? ok({ view: view.value, isNew: true }) : view;
};

export const readProject = (context: AppContext, projectId: ProjectId): Promise<Result<ProjectView>> =>
  askProject(context, projectId, (project) => project.get());

export const readReport = (context: AppContext, projectId: ProjectId): Promise<Result<ProjectReport>> =>
  askProject(context, projectId, (project) => project.report());

export const readQuestions = (context: AppContext, projectId: ProjectId): Promise<Result<readonly QuestionView[]>> =>
  askProject(context, projectId, (project) => project.questions());

/** Answers a question. One that somebody else answered meanwhile is refused by the project. */
export const answerQuestion = (
  context: AppContext,
  projectId: ProjectId,
  answer: { readonly questionId: QuestionId; readonly text: string },
): Promise<Result<QuestionView>> =>
  askProject(context, projectId, (project) =>
    project.answerQuestion({
      ...answer,
      commandId: commandIdOf(context, 'answer', projectId, answer.questionId, answer.text),
      answeredBy: `person:${context.var.principal.keyId}`,
    }),
  );

/** A note for the project manager, or for the project's own record where the team has none. `number` tells equal notes of a conversation apart. */
export const sendNote = async (
  context: AppContext,
  projectId: ProjectId,
  note: { readonly text: string; readonly number: number },
): Promise<Result<{ readonly messageId: string }>> => {
  const send = (recipient: string) =>
    askProject(context, projectId, (project) =>
      project.sendMessage({
        commandId: commandIdOf(context, 'note', projectId, recipient, String(note.number), note.text),
        sender: `person:${context.var.principal.keyId}`,
        recipient,
        messageType: 'note',
        content: note.text,
      }),
    );
  const sent = await send('role:project_manager');
  return !sent.ok && sent.error.type === 'resource.not_found' ? await send(`project:${projectId}`) : sent;
};

/** Nothing is found: what does not exist and what is another workspace's, alike. */
export const isMissing = (outcome: Result<unknown>): boolean =>
  !outcome.ok && outcome.error.type === 'resource.not_found';
