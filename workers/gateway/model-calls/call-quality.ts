/** What one call of `/v1` says of the model that answered it. */
import {
  countAnswer,
  countFailure,
  type AnswerFacts,
  type AskedFor,
} from '../../../shared/domain/model/quality/answer-quality.ts';
import { amount, trial, type QualityCounts } from '../../../shared/domain/model/quality/measures.ts';
import type { StopReason } from '../../../shared/ports/model-client.ts';
import type { CallOutcome } from './call.ts';

/** What was heard of an answer while it went by. */
export interface HeardAnswer {
  /** Undefined where the provider did not tell. */
  readonly stopReason: StopReason | undefined;
  /** The provider's own id of the answer. */
  readonly id?: string | undefined;
  /** What was asked for and what the answer had in it; called once, when the client has the answer. */
  readonly read?: (() => ReadAnswer) | undefined;
}

/** An answer that was read. Its stop reason is surer than what was heard. */
export type ReadAnswer = { readonly asked: Omit<AskedFor, 'maxOutputTokens'> } & Partial<AnswerFacts>;

/** A call that has ended, as it is judged. */
export interface EndedCall {
  readonly streamed: boolean;
  readonly maxOutputTokens: number;
  readonly outcome: CallOutcome;
  readonly startedAt: number;
  /** When the first piece came; undefined when none did. */
  readonly beganAt: number | undefined;
  readonly endedAt: number;
  readonly costMicros: number | undefined;
}

type Counts = { -readonly [Measure in keyof QualityCounts]: QualityCounts[Measure] };

const formOf = ({ outcome: { heard }, maxOutputTokens }: EndedCall): QualityCounts => {
  if (heard?.stopReason === undefined) return { failure: trial(false) };
  const { asked, ...facts }: ReadAnswer = heard.read?.() ?? { asked: { tools: [] } };
  return countAnswer({ ...asked, maxOutputTokens }, { stopReason: heard.stopReason, ...facts });
};

/** The counts of a call. One that its client left says nothing. */
export const judgeCall = (call: EndedCall): QualityCounts => {
  const { outcome, streamed, startedAt, beganAt, endedAt, costMicros } = call;
  switch (outcome.status) {
    case 'cancelled':
      return {};
    case 'failed': {
      const counts = outcome.failure === undefined ? {} : countFailure(outcome.failure);
      const isBroken = streamed && beganAt !== undefined && counts.failure !== undefined;
      return isBroken ? { ...counts, broken: trial(true) } : counts;
    }
    case 'answered': {
      const counts: Counts = { ...formOf(call), duration: amount(endedAt - startedAt) };
      if (streamed) counts.broken = trial(false);
      if (beganAt !== undefined) counts.first_piece = amount(beganAt - startedAt);
      if (costMicros !== undefined) counts.cost = amount(costMicros);
      return counts;
    }
  }
};
