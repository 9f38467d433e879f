import { replayAnswer } from '../../shared/domain/model/collect.ts';
import type { ModelCallView } from '../../shared/rpc/agent.ts';
import type { ModelCallTable } from './model-call-table.ts';

/** A page of the ledger, with what had arrived of answers that never became whole. */
export const viewModelCalls = (table: ModelCallTable, after: number, limit: number): readonly ModelCallView[] =>
  table.page(after, limit).map(({ requestBytes: _requestBytes, costMicros, settledAt, ...call }) => {
    const { text, toolCalls } = replayAnswer(table.recording(call.sequence)).partial;
    const isEmpty = call.status === 'answered' || (text === '' && toolCalls.length === 0);
    return {
      ...call,
      ...(costMicros === undefined ? {} : { costMicros }),
      ...(settledAt === undefined ? {} : { settledAt }),
      ...(isEmpty ? {} : { partial: { text, toolCalls } }),
    };
  });
