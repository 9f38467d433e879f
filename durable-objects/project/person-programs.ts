/** Programs that persons run under a key, with what their calls answered. */
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import {
  longestKeptAnswer,
  longestKeptProgram,
  mostKeptPrograms,
  programKeptMs,
  type KeptAnswer,
  type KeptCall,
  type KeptProgram,
  type PersonProgramsRpc,
} from '../../shared/rpc/person-programs.ts';
import { statement, type Storage } from '../platform/index.ts';

/** The tables of this desk. */
export const personProgramTables = `
  -- One row for each request under a key; what its calls answered goes with it.
  CREATE TABLE person_program (
    command_id TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    -- What answers and result have together, in characters.
    characters INTEGER NOT NULL,
    result TEXT
  ) STRICT;
  CREATE INDEX person_program_by_start ON person_program (started_at);
  CREATE TABLE person_program_call (
    command_id TEXT NOT NULL REFERENCES person_program (command_id) ON DELETE CASCADE,
    call INTEGER NOT NULL,
    tool TEXT NOT NULL,
    arguments_hash TEXT NOT NULL,
    content TEXT NOT NULL,
    is_error INTEGER NOT NULL,
    PRIMARY KEY (command_id, call)
  ) STRICT;
`;

type ProgramRow = { body_hash: string; started_at: number; characters: number; result: string | null };
type CallRow = { call: number; tool: string; arguments_hash: string; content: string; is_error: number };

const selectProgram = statement<[commandId: string], ProgramRow>`
  SELECT body_hash, started_at, characters, result FROM person_program WHERE command_id = ?`;
const insertProgram = statement<[commandId: string, bodyHash: string, startedAt: number]>`
  INSERT INTO person_program (command_id, body_hash, started_at, characters) VALUES (?, ?, ?, 0)`;
const updateResult = statement<[result: string, commandId: string]>`
  UPDATE person_program SET result = ? WHERE command_id = ?`;
const addCharacters = statement<[characters: number, commandId: string]>`
  UPDATE person_program SET characters = characters + ? WHERE command_id = ?`;
const forgetOld = statement<[before: number]>`DELETE FROM person_program WHERE started_at < ?`;
const forgetMany = statement<[keep: number]>`
  DELETE FROM person_program WHERE command_id IN (
    SELECT command_id FROM person_program ORDER BY started_at DESC, command_id LIMIT -1 OFFSET ?)`;
const selectCalls = statement<[commandId: string], CallRow>`
  SELECT call, tool, arguments_hash, content, is_error FROM person_program_call WHERE command_id = ? ORDER BY call`;
const selectCall = statement<[commandId: string, call: number], CallRow>`
  SELECT call, tool, arguments_hash, content, is_error FROM person_program_call WHERE command_id = ? AND call = ?`;
const insertCall = statement<
  [commandId: string, call: number, tool: string, argumentsHash: string, content: string, isError: number]
>`
  INSERT INTO person_program_call (command_id, call, tool, arguments_hash, content, is_error) VALUES (?, ?, ?, ?, ?, ?)`;

const forgotten: AppError = {
  type: 'resource.not_found',
  detail: 'The program is not known any longer. Run it under a new idempotency-key.',
};

const mismatch = (detail: string): Result<never> => err({ type: 'idempotency.mismatch', detail });

const toCall = (row: CallRow): KeptCall => ({
  index: row.call,
  tool: row.tool,
  argumentsHash: row.arguments_hash,
  answer: { content: row.content, isError: row.is_error !== 0 },
});

type Command<Method extends keyof PersonProgramsRpc> = Parameters<PersonProgramsRpc[Method]>[0];

export interface PersonProgramParts {
  readonly storage: Storage;
  readonly now: () => number;
  /** True once the project was made. */
  readonly isMade: () => boolean;
}

/** See `PersonProgramsRpc`. */
export class PersonPrograms {
  readonly #parts: PersonProgramParts;

  constructor(parts: PersonProgramParts) {
    this.#parts = parts;
  }

  open({ commandId, bodyHash }: Command<'openProgram'>): Result<KeptProgram> {
    const { storage, now } = this.#parts;
    return this.#change<KeptProgram>(() => {
      storage.run(forgetOld, now() - programKeptMs);
      const known = storage.first(selectProgram, commandId);
      if (known === undefined) {
        const startedAt = now();
        storage.run(forgetMany, mostKeptPrograms - 1);
        storage.run(insertProgram, commandId, bodyHash, startedAt);
        return ok({ startedAt, calls: [] });
      }
      if (known.body_hash !== bodyHash)
        return mismatch('Another program was run under this idempotency-key. Use a new one for a new program.');
      const { started_at: startedAt, result } = known;
      return ok({
        startedAt,
        calls: storage.all(selectCalls, commandId).map(toCall),
        ...(result === null ? {} : { result }),
      });
    });
  }

  keepAnswer({ commandId, index, tool, argumentsHash, answer }: Command<'keepProgramAnswer'>): Result<KeptAnswer> {
    const { storage } = this.#parts;
    return this.#change(() => {
      const known = storage.first(selectCall, commandId, index);
      if (known !== undefined) {
        return known.tool === tool && known.arguments_hash === argumentsHash
          ? ok(toCall(known).answer)
          : mismatch(`Call ${index + 1} of the program was another one before.`);
      }
      const refusal = this.#refuse(commandId, answer.content.length);
      if (refusal !== undefined) return err(refusal);
      storage.run(insertCall, commandId, index, tool, argumentsHash, answer.content, answer.isError ? 1 : 0);
      storage.run(addCharacters, answer.content.length, commandId);
      return ok(answer);
    });
  }

  keepResult({ commandId, result }: Command<'keepProgramResult'>): Result<{ readonly result: string }> {
    const { storage } = this.#parts;
    return this.#change(() => {
      const known = storage.first(selectProgram, commandId)?.result;
      if (typeof known === 'string') return ok({ result: known });
      const refusal = this.#refuse(commandId, result.length);
      if (refusal !== undefined) return err(refusal);
      storage.run(updateResult, result, commandId);
      storage.run(addCharacters, result.length, commandId);
      return ok({ result });
    });
  }

  #change<Value>(change: () => Result<Value>): Result<Value> {
    const { storage, isMade } = this.#parts;
    return isMade()
      ? storage.transaction(change)
      : err({ type: 'resource.not_found', detail: 'There is no such project.' });
  }

  #refuse(commandId: string, length: number): AppError | undefined {
    const program = this.#parts.storage.first(selectProgram, commandId);
    if (program === undefined) return forgotten;
    if (length <= longestKeptAnswer && program.characters + length <= longestKeptProgram) return undefined;
    return {
      type: 'request.too_large',
      detail: `The answer has ${length} characters; ${longestKeptAnswer} are kept of one, and ${longestKeptProgram} of all calls of a program. Run it without an idempotency-key, or ask for less at a time.`,
    };
  }
}
