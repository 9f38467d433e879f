/**
 * The ledger of model calls: one row for each attempt, written with the intent and settled with the result, and what
 * has arrived of an answer so far. Rows stay for ever; the parts of an answered call go, since the answer is in the log.
 */
import type { Amounts } from '../../shared/domain/budget/amounts.ts';
import { parseId, type RunId } from '../../shared/domain/ids.ts';
import type { ModelEvent, ModelUsage } from '../../shared/ports/model-client.ts';
import type { ModelCallStatus } from '../../shared/rpc/agent.ts';
import { statement, type Storage } from '../platform/index.ts';

/** One attempt of one call. Times in milliseconds since the epoch. */
export interface ModelCall {
  readonly sequence: number;
  readonly runId: RunId;
  readonly step: number;
  readonly attempt: number;
  /** `<provider>/<model>`. */
  readonly model: string;
  readonly requestHash: string;
  readonly requestBytes: number;
  readonly status: ModelCallStatus;
  readonly reserved: Amounts;
  readonly usage: ModelUsage;
  /** The usage is not the provider's word but was computed from sizes. */
  readonly estimated: boolean;
  /** Undefined when the price of the model is not known, and until the call is settled. */
  readonly costMicros: number | undefined;
  readonly startedAt: number;
  readonly settledAt: number | undefined;
}

export type NewModelCall = Pick<
  ModelCall,
  'runId' | 'step' | 'attempt' | 'model' | 'requestHash' | 'requestBytes' | 'reserved' | 'startedAt'
>;

export interface Settlement {
  readonly status: 'answered' | 'failed' | 'interrupted';
  readonly usage: ModelUsage;
  readonly estimated: boolean;
  readonly costMicros: number | undefined;
  readonly settledAt: number;
}

type CallRow = {
  sequence: number;
  run_id: string;
  step: number;
  attempt: number;
  model: string;
  request_hash: string;
  request_bytes: number;
  status: string;
  reserved: string;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  estimated: number;
  cost_micros: number | null;
  started_at: number;
  settled_at: number | null;
};

type NewRow = [
  runId: string,
  step: number,
  attempt: number,
  model: string,
  requestHash: string,
  requestBytes: number,
  reserved: string,
  startedAt: number,
];

const insert = statement<NewRow, { sequence: number }>`
  INSERT INTO model_call (run_id, step, attempt, model, request_hash, request_bytes, status, reserved, started_at)
  VALUES (?, ?, ?, ?, ?, ?, 'started', ?, ?) RETURNING sequence`;
const settle = statement<
  [
    status: string,
    input: number,
    output: number,
    cached: number,
    estimated: number,
    cost: number | null,
    settledAt: number,
    sequence: number,
  ]
>`UPDATE model_call SET status = ?, input_tokens = ?, output_tokens = ?, cached_input_tokens = ?, estimated = ?,
    cost_micros = ?, settled_at = ? WHERE sequence = ? AND status = 'started'`;
const selectStarted = statement<[], CallRow>`SELECT * FROM model_call WHERE status = 'started' ORDER BY sequence`;
const selectPage = statement<[after: number, limit: number], CallRow>`
  SELECT * FROM model_call WHERE sequence > ? ORDER BY sequence LIMIT ?`;
const insertPart = statement<[call: number, call: number, events: string]>`
  INSERT INTO model_call_part (call, part, events)
  VALUES (?, (SELECT COUNT(*) FROM model_call_part WHERE call = ?), ?)`;
const selectParts = statement<[call: number], { events: string }>`
  SELECT events FROM model_call_part WHERE call = ? ORDER BY part`;
const deleteParts = statement<[call: number]>`DELETE FROM model_call_part WHERE call = ?`;

const statuses = new Set<string>(['started', 'answered', 'failed', 'interrupted']);
const isStatus = (text: string): text is ModelCallStatus => statuses.has(text);

const corrupt = (what: string): never => {
  throw new Error(`The ledger of model calls holds an unreadable ${what}.`);
};

const fromRow = (row: CallRow): ModelCall => ({
  sequence: row.sequence,
  runId: parseId('run', row.run_id) ?? corrupt('run id'),
  step: row.step,
  attempt: row.attempt,
  model: row.model,
  requestHash: row.request_hash,
  requestBytes: row.request_bytes,
  status: isStatus(row.status) ? row.status : corrupt('status'),
  // SAFETY: the column is written only by `begin`.
  reserved: JSON.parse(row.reserved) as Amounts,
  usage: {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cachedInputTokens: row.cached_input_tokens,
  },
  estimated: row.estimated === 1,
  costMicros: row.cost_micros ?? undefined,
  startedAt: row.started_at,
  settledAt: row.settled_at ?? undefined,
});

export class ModelCallTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Writes the row of a call that begins, and answers its sequence. */
  begin(call: NewModelCall): number {
    const { runId, step, attempt, model, requestHash, requestBytes, reserved, startedAt } = call;
    const row = this.#storage.first(
      insert,
      runId,
      step,
      attempt,
      model,
      requestHash,
      requestBytes,
      JSON.stringify(reserved),
      startedAt,
    );
    return row?.sequence ?? corrupt('sequence');
  }

  /** Writes how a call ended; a call that was settled stays as it is. */
  settle(sequence: number, { status, usage, estimated, costMicros, settledAt }: Settlement): void {
    const { inputTokens, outputTokens, cachedInputTokens } = usage;
    const tokens = [inputTokens, outputTokens, cachedInputTokens] as const;
    this.#storage.run(settle, status, ...tokens, estimated ? 1 : 0, costMicros ?? null, settledAt, sequence);
  }

  /** Calls without a result, oldest first: under way in this instance, or left by one that died. */
  started(): readonly ModelCall[] {
    return this.#storage.all(selectStarted).map(fromRow);
  }

  page(after: number, limit: number): readonly ModelCall[] {
    return this.#storage.all(selectPage, after, limit).map(fromRow);
  }

  addPart(call: number, events: readonly ModelEvent[]): void {
    this.#storage.run(insertPart, call, call, JSON.stringify(events));
  }

  /** What arrived of the answer, in order. */
  recording(call: number): readonly ModelEvent[] {
    // SAFETY: the column is written only by `addPart`.
    return this.#storage.all(selectParts, call).flatMap(({ events }) => JSON.parse(events) as ModelEvent[]);
  }

  dropParts(call: number): void {
    this.#storage.run(deleteParts, call);
  }
}
