/**
 * The journal keys of a run's steps. A key that changed would have a run under way take its step again, so they are part
 * of the workflow: kept journals of earlier versions are compared with them.
 */
import type { ToolCall } from '../../ports/model-client.ts';
import type { Run } from './state.ts';

/** Key of the nth call of the model, counted from 0 over the run. */
export const modelStepKey = ({ runId }: Pick<Run, 'runId'>, step: number): string => `${runId}/model/${step}`;

/** Key of a call of a tool, where the run has that many results already. */
export const toolStepKey = ({ runId, toolCalls }: Pick<Run, 'runId' | 'toolCalls'>, call: ToolCall): string =>
  `${runId}/tool/${toolCalls}/${call.id}`;
