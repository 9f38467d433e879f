/** The ledger of the calls of `/v1`: one row for each day, key and model, which only grows. */
import {
  addApiCalls,
  noApiCalls,
  otherModels,
  type ApiCallRow,
  type ApiCallTotals,
} from '../../shared/domain/budget/api-calls.ts';
import type { ApiUsage, ApiUsageQuery } from '../../shared/rpc/workspace-calls.ts';
import { statement, type Storage } from '../platform/index.ts';

/** For the migrations of the workspace. */
export const apiCallTable = `
  CREATE TABLE api_call (
    day TEXT NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    cache_hits INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_micros INTEGER NOT NULL,
    estimated_cost_micros INTEGER NOT NULL,
    unpriced_tokens INTEGER NOT NULL,
    PRIMARY KEY (day, key_id, model)
  ) STRICT;
`;

type Sums = {
  requests: number;
  failed: number;
  cancelled: number;
  cache_hits: number;
  estimated: number;
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  cost_micros: number;
  estimated_cost_micros: number;
  unpriced_tokens: number;
};

type Figures = [
  requests: number,
  failed: number,
  cancelled: number,
  cacheHits: number,
  estimated: number,
  inputTokens: number,
  cachedInputTokens: number,
  cacheWriteTokens: number,
  outputTokens: number,
  reasoningTokens: number,
  costMicros: number,
  estimatedCostMicros: number,
  unpricedTokens: number,
];

const add = statement<[day: string, keyId: string, model: string, ...Figures]>`
  INSERT INTO api_call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (day, key_id, model) DO UPDATE SET
    requests = requests + excluded.requests,
    failed = failed + excluded.failed,
    cancelled = cancelled + excluded.cancelled,
    cache_hits = cache_hits + excluded.cache_hits,
    estimated = estimated + excluded.estimated,
    input_tokens = input_tokens + excluded.input_tokens,
    cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
    cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    cost_micros = cost_micros + excluded.cost_micros,
    estimated_cost_micros = estimated_cost_micros + excluded.estimated_cost_micros,
    unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens`;
const isThere = statement<[day: string, keyId: string, model: string], { there: number }>`
  SELECT 1 AS there FROM api_call WHERE day = ? AND key_id = ? AND model = ?`;
const countDay = statement<[day: string], { count: number }>`SELECT COUNT(*) AS count FROM api_call WHERE day = ?`;
const sums = statement<[by: string, from: string, to: string, limit: number], Sums & { name: string }>`
  SELECT CASE ? WHEN 'day' THEN day WHEN 'model' THEN model ELSE key_id END AS name,
    SUM(requests) AS requests, SUM(failed) AS failed, SUM(cancelled) AS cancelled,
    SUM(cache_hits) AS cache_hits, SUM(estimated) AS estimated, SUM(input_tokens) AS input_tokens,
    SUM(cached_input_tokens) AS cached_input_tokens, SUM(cache_write_tokens) AS cache_write_tokens,
    SUM(output_tokens) AS output_tokens, SUM(reasoning_tokens) AS reasoning_tokens, SUM(cost_micros) AS cost_micros,
    SUM(estimated_cost_micros) AS estimated_cost_micros, SUM(unpriced_tokens) AS unpriced_tokens
  FROM api_call WHERE day BETWEEN ? AND ? GROUP BY 1 ORDER BY SUM(cost_micros) DESC, SUM(requests) DESC, 1 LIMIT ?`;

/** Names of models are the callers' own: beyond this many rows a day they are not told apart any more. */
const maxRowsOfDay = 5_000;
/** Entries of one list. */
const maxListed = 1_000;

const totalsOf = (row: Sums): ApiCallTotals => ({
  requests: row.requests,
  failed: row.failed,
  cancelled: row.cancelled,
  cacheHits: row.cache_hits,
  estimated: row.estimated,
  inputTokens: row.input_tokens,
  cachedInputTokens: row.cached_input_tokens,
  cacheWriteTokens: row.cache_write_tokens,
  outputTokens: row.output_tokens,
  reasoningTokens: row.reasoning_tokens,
  costMicros: row.cost_micros,
  estimatedCostMicros: row.estimated_cost_micros,
  unpricedTokens: row.unpriced_tokens,
});

const figuresOf = (row: ApiCallTotals): Figures => [
  row.requests,
  row.failed,
  row.cancelled,
  row.cacheHits,
  row.estimated,
  row.inputTokens,
  row.cachedInputTokens,
  row.cacheWriteTokens,
  row.outputTokens,
  row.reasoningTokens,
  row.costMicros,
  row.estimatedCostMicros,
  row.unpricedTokens,
];

export class ApiCallTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Adds to the day's sums. Inside a transaction. */
  add({ day, keyId, model, ...totals }: ApiCallRow): void {
    const storage = this.#storage;
    storage.requireTransaction('ApiCallTable.add');
    const isKnown = storage.first(isThere, day, keyId, model) !== undefined;
    const isFull = !isKnown && (storage.first(countDay, day)?.count ?? 0) >= maxRowsOfDay;
    storage.run(add, day, keyId, isFull ? otherModels : model, ...figuresOf(totals));
  }

  read({ from, to }: ApiUsageQuery): ApiUsage {
    const by = (name: 'day' | 'model' | 'key'): readonly (Sums & { name: string })[] =>
      this.#storage.all(sums, name, from, to, maxListed);
    const days = by('day')
      .map((row) => ({ day: row.name, ...totalsOf(row) }))
      .toSorted((left, right) => left.day.localeCompare(right.day));
    return {
      from,
      to,
      totals: days.map(({ day: _day, ...totals }) => totals).reduce(addApiCalls, noApiCalls),
      models: by('model').map((row) => ({ model: row.name, ...totalsOf(row) })),
      keys: by('key').map((row) => ({ keyId: row.name, ...totalsOf(row) })),
      days,
    };
  }
}
