/** What an isolate has to tell a workspace of its calls, until it is told. */
import { ApiCallSums, type ApiCallRow } from '../../../shared/domain/budget/api-calls.ts';
import type { QualityCounts, QualityScope } from '../../../shared/domain/model/quality/measures.ts';
import { QualitySums } from '../../../shared/domain/model/quality/totals.ts';
import type { AnsweredCall, CallReport } from '../../../shared/rpc/workspace-calls.ts';

/** Answers of one report that can be rated by their ids; those beyond cannot. */
const maxAnswers = 300;

export class CallNews {
  readonly #sums = new ApiCallSums();
  readonly #quality = new QualitySums();
  #answers: AnsweredCall[] = [];

  get isEmpty(): boolean {
    return this.#sums.isEmpty && this.#quality.isEmpty;
  }

  add(row: ApiCallRow): void {
    this.#sums.add(row);
  }

  /** `ids` are those by which the answer can be rated. */
  judge(scope: QualityScope, counts: QualityCounts, ids: readonly string[]): void {
    this.#quality.add(scope, counts);
    for (const responseId of ids) {
      if (this.#answers.length < maxAnswers) this.#answers.push({ ...scope, responseId });
    }
  }

  /** All of it, which is then gone from here. */
  drain(): Pick<CallReport, 'rows' | 'quality' | 'answers'> {
    const answers = this.#answers;
    this.#answers = [];
    return { rows: this.#sums.drain(), quality: this.#quality.drain(), answers };
  }
}
