/**
 * The team's models for a crash run: the offline engineer behind real wires that misbehave, and on the way each task
 * writes into the outside ledger through a tool of every effect class.
 */
import type { ModelMessage } from '../../shared/ports/model-client.ts';
import type { Fault, FaultSchedule, ScriptedTurn } from '../../shared/testing/models/script.ts';
import {
  startWireEngineers,
  type WireEngineers,
  type WireRequest,
} from '../../shared/testing/models/wire-engineers.ts';
import { effectClasses, toolName } from './ledger.ts';
import type { Random } from './random.ts';

const misfortunes: readonly [Fault, ...Fault[]] = [
  { type: 'status', status: 429, retryAfter: '0' },
  { type: 'status', status: 500 },
  { type: 'status', status: 503 },
  { type: 'html', status: 502 },
  { type: 'cut_after', bytes: 300 },
  { type: 'close_after', frames: 2 },
  { type: 'malformed_frame', frames: 2 },
  { type: 'without_done' },
];

/** About one call in twelve goes wrong; never two in a row, since four failures in a row end a run, kills apart. */
const drawFaults = (random: Random): FaultSchedule =>
  Array.from({ length: 40_000 }, (_, index) =>
    index % 2 === 1 && random.chance(1 / 6) ? random.pick(misfortunes) : undefined,
  );

const isLedgerCall = (name: string): boolean => name.startsWith('ledger_');

/** The conversation without what this harness put into it. */
const withoutLedger = (messages: readonly ModelMessage[]): readonly ModelMessage[] =>
  messages.filter((message) => {
    if (message.role === 'assistant') return !message.toolCalls.some(({ name }) => isLedgerCall(name));
    return message.role !== 'tool' || !isLedgerCall(message.toolName);
  });

const lineOf = (text: string, label: string): string => new RegExp(`^${label}: (.*)$`, 'm').exec(text)?.[1] ?? '';

/** Names a call by what it is for, the same however often the platform asks the model. */
const nameCalls = (request: WireRequest, turn: number): ScriptedTurn => {
  const task = request.messages[0]?.content ?? '';
  const project = request.system.match(/builds “(.*?)”/)?.[1] ?? '';
  const place = [project, lineOf(task, 'Key'), lineOf(task, 'Revision'), lineOf(task, 'Attempt'), turn].join('/');
  return {
    toolCalls: effectClasses
      .filter((effectClass) => request.tools.includes(toolName(effectClass)))
      .map((effectClass) => ({
        id: `ledger_${effectClass}_${turn}`,
        name: toolName(effectClass),
        arguments: { id: `${effectClass}:${place}` },
      })),
  };
};

/** After how many of its own turns a task writes into the ledger. */
const ledgerTurns = new Set([0, 2]);

export interface EngineerOptions {
  readonly random: Random;
  /** Called when a request has come in, before it is answered. */
  readonly onRequest: (request: WireRequest) => void;
}

export const startEngineers = ({ random, onRequest }: EngineerOptions): Promise<WireEngineers> =>
  startWireEngineers({
    faults: drawFaults(random),
    before: (request, engineer) => {
      onRequest(request);
      if (!request.tools.some(isLedgerCall)) return undefined;
      const own = withoutLedger(request.messages);
      const turns = own.filter(({ role }) => role === 'assistant').length;
      const written = request.messages.filter(
        (message) => message.role === 'assistant' && message.toolCalls.some(({ name }) => isLedgerCall(name)),
      ).length;
      const due = [...ledgerTurns].filter((turn) => turn <= turns).length;
      return written < due ? nameCalls(request, turns) : engineer(own);
    },
  });
