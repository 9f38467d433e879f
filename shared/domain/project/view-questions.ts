/** The questions of a project as clients see them. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { QuestionView } from '../../rpc/project.ts';
import type { QuestionId } from '../ids.ts';
import { isOpenQuestion, type ProjectState, type Question } from './state.ts';

const statusOf = (state: ProjectState, question: Question): QuestionView['status'] => {
  if (question.answer !== undefined) return 'answered';
  if (question.expiredAt !== undefined) return 'expired';
  return isOpenQuestion(state, question) ? 'open' : 'closed';
};

const view = (state: ProjectState, question: Question): QuestionView => ({
  ...question,
  status: statusOf(state, question),
  taskTitle: state.tasks[question.taskId]?.task.title ?? '',
});

/** All questions, oldest first. */
export const viewQuestions = (state: ProjectState): readonly QuestionView[] =>
  Object.values(state.questions).map((question) => view(state, question));

export const viewQuestion = (state: ProjectState, questionId: QuestionId): Result<QuestionView> => {
  const question = state.questions[questionId];
  return question === undefined
    ? err({ type: 'resource.not_found', detail: 'There is no such question in this project.' })
    : ok(view(state, question));
};
