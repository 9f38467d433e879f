/** What calls of `/v1` came to, as a workspace's ledger keeps them: sums by day, key and model. */

/** Sums of calls. A call is in `requests`, and in at most one of `failed`, `cancelled` and `cacheHits`. */
export interface ApiCallTotals {
  readonly requests: number;
  /** Without a whole answer, whatever the cause. */
  readonly failed: number;
  /** Left by the client before the end. */
  readonly cancelled: number;
  /** Answered from the cache: they used nothing. */
  readonly cacheHits: number;
  /** Calls whose usage was computed from sizes, because the provider never told. */
  readonly estimated: number;
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** All output tokens, those of reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Micro-dollars of the calls whose price is known. */
  readonly costMicros: number;
  /** Of these, micro-dollars of calls whose usage was computed. */
  readonly estimatedCostMicros: number;
  /** Tokens of calls whose price is not known: they are in no sum of money. */
  readonly unpricedTokens: number;
}

export interface ApiCallRow extends ApiCallTotals {
  /** UTC, `2026-11-26`. */
  readonly day: string;
  readonly keyId: string;
  /** `<provider>/<model>`. */
  readonly model: string;
}

export const noApiCalls: ApiCallTotals = {
  requests: 0,
  failed: 0,
  cancelled: 0,
  cacheHits: 0,
  estimated: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costMicros: 0,
  estimatedCostMicros: 0,
  unpricedTokens: 0,
};

type Sums = { -readonly [Name in keyof ApiCallTotals]: number };

/** Adds to sums in place: every call of a model adds to the same few of them. */
const addTo = (sums: Sums, more: ApiCallTotals): void => {
  sums.requests += more.requests;
  sums.failed += more.failed;
  sums.cancelled += more.cancelled;
  sums.cacheHits += more.cacheHits;
  sums.estimated += more.estimated;
  sums.inputTokens += more.inputTokens;
  sums.cachedInputTokens += more.cachedInputTokens;
  sums.cacheWriteTokens += more.cacheWriteTokens;
  sums.outputTokens += more.outputTokens;
  sums.reasoningTokens += more.reasoningTokens;
  sums.costMicros += more.costMicros;
  sums.estimatedCostMicros += more.estimatedCostMicros;
  sums.unpricedTokens += more.unpricedTokens;
};

export const addApiCalls = (left: ApiCallTotals, right: ApiCallTotals): ApiCallTotals => {
  const sums = { ...left };
  addTo(sums, right);
  return sums;
};

/** Rows of one report; what is beyond goes into rows without the model's name. */
const maxRows = 500;

/** Sums rows of the same day, key and model; bounded, so that made-up model names fill no memory. */
export class ApiCallSums {
  readonly #rows = new Map<string, Sums & Pick<ApiCallRow, 'day' | 'keyId' | 'model'>>();

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  add(row: ApiCallRow): void {
    const name = `${row.day} ${row.keyId} ${row.model}`;
    const known = this.#rows.get(name);
    if (known === undefined && this.#rows.size >= maxRows && row.model !== otherModels) {
      this.add({ ...row, model: otherModels });
      return;
    }
    if (known === undefined) this.#rows.set(name, { ...row });
    else addTo(known, row);
  }

  /** All rows, which are then gone from here. */
  drain(): readonly ApiCallRow[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }
}

/** Stands for models beyond the number that is told apart. */
export const otherModels = 'other';

const dayMs = 86_400_000;
let known = { day: -1, text: '' };

/** The day in UTC. */
export const dayOf = (timeMs: number): string => {
  const day = Math.floor(timeMs / dayMs);
  if (known.day !== day) known = { day, text: new Date(timeMs).toISOString().slice(0, 10) };
  return known.text;
};
