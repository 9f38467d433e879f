/** What a project answers to those who are stuck and to those who help. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { StuckReport } from '../agent/assignment.ts';
import type { QuestionId } from '../ids.ts';
import { findHeldTask } from './decide.ts';
import { isOpenQuestion, type ProjectState } from './state.ts';

/** An agent says that its run does not get on. Dropped when it no longer holds the task, or said so already. */
export const decideStuck = (state: ProjectState, report: StuckReport): readonly ProjectEvent[] => {
  const task = findHeldTask(state, report.taskId, report.fencingToken);
  if (task?.agentId === undefined || task.stuck !== undefined || isFinalStatus(state.status)) return [];
  const { taskId, agentId } = task;
  const { kind, evidence, excerpt } = report;
  return [{ type: 'task.stuck', taskId, agentId, kind, evidence, excerpt }];
};

/** A person's answer: the task that asked goes on with it. */
export const decideAnswer = (
  state: ProjectState,
  answer: { readonly questionId: QuestionId; readonly text: string; readonly answeredBy: string },
): Result<readonly ProjectEvent[]> => {
  const { questionId, text, answeredBy } = answer;
  const question = state.questions[questionId];
  if (question === undefined) {
    return err({ type: 'resource.not_found', detail: 'There is no such question in this project.' });
  }
  const reason =
    question.answer !== undefined
      ? 'was answered already'
      : isFinalStatus(state.status)
        ? `belongs to a project that is ${state.status}`
        : isOpenQuestion(state, question)
          ? undefined
          : 'is no longer open: the task that asked has ended';
  if (reason !== undefined) return err({ type: 'resource.conflict', detail: `The question ${reason}.` });
  const { taskId } = question;
  return ok([
    { type: 'question.answered', questionId, taskId, text, answeredBy },
    { type: 'task.helped', taskId, source: 'person', text },
  ]);
};
