/** From the lines of an export to the run, refusing what was cut off, changed, or is of a later format. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { JournalEntry } from '../../rpc/replay.ts';
import { exportLineSchema, type ExportLine } from '../../schemas/run-export.ts';
import type { AgentEvent } from '../agent/events.ts';
import type { AgentId } from '../ids.ts';
import { exportFormat, type ExportedAgent, type ExportHeader, type Logged, type RunExport } from './run-export.ts';

/** A hash over the lines so far, as the export's own checkpoints have it. */
export interface LineHash {
  add(text: string): void;
  hex(): string;
}

interface Reading {
  header: ExportHeader | undefined;
  ended: boolean;
  lines: number;
  /** Lines up to which a checkpoint has shown that nothing was changed. */
  checked: number;
  readonly events: Logged<ProjectEvent>[];
  readonly messages: unknown[];
  readonly files: { readonly path: string; readonly oid: string }[];
  readonly agentEvents: Map<string, Logged<AgentEvent>[]>;
  readonly journals: Map<string, JournalEntry[]>;
}

const refuse = (detail: string): Result<never> => err({ type: 'request.invalid', detail });

const push = <Value>(map: Map<string, Value[]>, key: string, value: Value): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

const parseLine = (text: string): ExportLine | undefined => {
  try {
    return exportLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: the caller says which line it was.
    return undefined;
  }
};

const keepHeader = (reading: Reading, line: Extract<ExportLine, { line: 'header' }>): Result<true> => {
  if (reading.header !== undefined) return refuse(`Line ${reading.lines + 1} is a second header.`);
  if (line.format > exportFormat)
    return refuse(`The export is of format ${line.format}; this version reads up to ${exportFormat}.`);
  const { line: _line, agents, ...header } = line;
  // SAFETY: an id of an export is only compared and shown.
  reading.header = { ...header, agents: agents.map((seat) => ({ ...seat, agentId: seat.agentId as AgentId })) };
  return ok(true);
};

const check = (reading: Reading, line: Extract<ExportLine, { sha256: string }>, hash: LineHash): Result<true> => {
  if (line.lines !== reading.lines) {
    return refuse(`Line ${reading.lines + 1} speaks of ${line.lines} lines before it, and there are ${reading.lines}.`);
  }
  if (line.sha256 !== hash.hex())
    return refuse(`Lines ${reading.checked + 1} to ${reading.lines} are not as they were exported.`);
  reading.checked = reading.lines;
  reading.ended = line.line === 'end';
  return ok(true);
};

const keep = (reading: Reading, line: ExportLine, hash: LineHash): Result<true> => {
  switch (line.line) {
    case 'header':
      return keepHeader(reading, line);
    case 'checkpoint':
    case 'end':
      return check(reading, line, hash);
    case 'event':
      // SAFETY: whether it is an event of this code is seen when it is folded.
      reading.events.push({ ...line, event: line.event as unknown as ProjectEvent });
      return ok(true);
    case 'agent_event':
      // SAFETY: as above.
      push(reading.agentEvents, line.agentId, { ...line, event: line.event as unknown as AgentEvent });
      return ok(true);
    case 'journal': {
      const { message, settledAt, ...entry } = line.entry;
      push(reading.journals, line.agentId, {
        ...entry,
        ...(message === undefined ? {} : { message }),
        ...(settledAt === undefined ? {} : { settledAt }),
      });
      return ok(true);
    }
    case 'message':
      reading.messages.push(line.message);
      return ok(true);
    case 'file':
      reading.files.push({ path: line.path, oid: line.oid });
      return ok(true);
  }
};

const finish = (reading: Reading): Result<RunExport> => {
  const { header, ended, events, messages, files, agentEvents, journals } = reading;
  if (header === undefined) return refuse('The export has no header.');
  if (!ended) return refuse(`The export was cut off after line ${reading.lines}.`);
  const agents = header.agents.map((seat): ExportedAgent => ({
    seat,
    events: agentEvents.get(seat.agentId) ?? [],
    journal: journals.get(seat.agentId) ?? [],
  }));
  return ok({ header, events, agents, messages, files });
};

/** Reads the lines, without their ends. */
export const readExport = async (
  lines: Iterable<string> | AsyncIterable<string>,
  hash: LineHash,
): Promise<Result<RunExport>> => {
  const reading: Reading = {
    header: undefined,
    ended: false,
    lines: 0,
    checked: 0,
    events: [],
    messages: [],
    files: [],
    agentEvents: new Map(),
    journals: new Map(),
  };
  for await (const text of lines) {
    if (text === '') continue;
    if (reading.ended) return refuse(`Line ${reading.lines + 1} stands behind the end.`);
    const line = parseLine(text);
    if (line === undefined) return refuse(`Line ${reading.lines + 1} is not a line of an export.`);
    const kept = keep(reading, line, hash);
    if (!kept.ok) return kept;
    hash.add(`${text}\n`);
    reading.lines += 1;
  }
  return finish(reading);
};
