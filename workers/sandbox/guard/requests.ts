/** Checks of what callers of the sandbox send. */
import type { AppError, Issue, Result } from '../../../shared/errors/result.ts';
import { err, ok } from '../../../shared/errors/result.ts';
import type { BenchRequest, LoadExchange, LoadRequest } from '../../../shared/rpc/bench.ts';
import type {
  AppRequest,
  DeployRequest,
  MutantRunsRequest,
  ProgramRequest,
  ShellRequest,
  TestRunRequest,
} from '../../../shared/rpc/sandbox.ts';
import { limits } from './limits.ts';

const slots: readonly unknown[] = ['preview', 'staging', 'production'];

/** The refusal for a slot that does not exist, or undefined. */
export function checkSlot(field: string, slot: unknown): AppError | undefined {
  if (slots.includes(slot)) return undefined;
  const reason = 'must be preview, staging or production';
  return { type: 'request.invalid', detail: `${field}: ${reason}`, issues: [{ field, reason }] };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 512;
}

function isWithin(value: unknown, minimum: number, maximum: number): boolean {
  return typeof value === 'number' && value >= minimum && value <= maximum;
}

function verdict(rules: readonly (readonly [holds: boolean, field: string, reason: string])[]): Result<true> {
  const issues: Issue[] = rules.filter(([holds]) => !holds).map(([, field, reason]) => ({ field, reason }));
  const [first] = issues;
  if (first === undefined) return ok(true);
  return err({ type: 'request.invalid', detail: `${first.field}: ${first.reason}`, issues });
}

/** Whether texts by path are texts by usable paths, and not too long together. */
function isTextByPath(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  let characters = 0;
  for (const [path, text] of Object.entries(value)) {
    if (typeof text !== 'string' || path === '' || path.split('/').some((part) => part === '' || part === '..'))
      return false;
    characters += text.length;
  }
  return characters <= limits.dataCharacters;
}

function isOneOf(value: unknown, choices: readonly unknown[]): boolean {
  return value === undefined || choices.includes(value);
}

export function checkTestRun(request: TestRunRequest): Result<true> {
  const { limits: wanted, testFiles } = request;
  return verdict([
    [isName(request.runId), 'runId', 'must be a text of 1 to 512 characters'],
    [isName(request.host), 'host', 'must be a text of 1 to 512 characters'],
    [
      Array.isArray(testFiles) && testFiles.length <= limits.testFiles,
      'testFiles',
      `must be at most ${String(limits.testFiles)} files`,
    ],
    [isWithin(wanted?.testTimeoutMs, 1, limits.maxRunTimeoutMs), 'limits.testTimeoutMs', 'must be 1 to 600000'],
    [isWithin(wanted?.runTimeoutMs, 1, limits.maxRunTimeoutMs), 'limits.runTimeoutMs', 'must be 1 to 600000'],
    [
      request.measure === undefined || isWithin(request.measure.counters, 0, limits.counters),
      'measure.counters',
      `must be 0 to ${String(limits.counters)}`,
    ],
    [isWithin(wanted?.fuelPerTest, 1, 1e10), 'limits.fuelPerTest', 'must be 1 to 10000000000'],
    [
      wanted?.tests === undefined || isWithin(wanted.tests, 1, limits.tests),
      'limits.tests',
      `must be 1 to ${String(limits.tests)}`,
    ],
    [isOneOf(request.isolation, ['run', 'file']), 'isolation', 'must be run or file'],
    [isOneOf(request.snapshotMode, ['new', 'all', 'none']), 'snapshotMode', 'must be new, all or none'],
    [isTextByPath(request.data), 'data', 'must be texts by relative paths, at most 16777216 characters'],
    [isTextByPath(request.binaryData), 'binaryData', 'must be Base64 by relative paths, at most 16777216 characters'],
    [isTextByPath(request.snapshotFiles), 'snapshotFiles', 'must be texts by relative paths'],
    [isOneOf(typeof request.wantedName, ['string', 'undefined']), 'wantedName', 'must be text'],
  ]);
}

export function checkMutantRuns(request: MutantRunsRequest): Result<true> {
  const { mutants } = request;
  const hasLimits = (each: MutantRunsRequest['mutants'][number]): boolean =>
    isWithin(each?.limits?.testTimeoutMs, 1, limits.maxRunTimeoutMs) &&
    isWithin(each.limits.runTimeoutMs, 1, limits.maxRunTimeoutMs) &&
    isWithin(each.limits.fuelPerTest, 1, 1e10) &&
    isWithin(each.usualMs, 0, 1e10);
  return verdict([
    [isName(request.runId), 'runId', 'must be a text of 1 to 512 characters'],
    [isName(request.host), 'host', 'must be a text of 1 to 512 characters'],
    [isWithin(request.counters, 0, limits.counters), 'counters', `must be 0 to ${String(limits.counters)}`],
    [
      Array.isArray(mutants) && mutants.length <= limits.mutants && mutants.every(hasLimits),
      'mutants',
      `must be at most ${String(limits.mutants)} mutants, each with its limits`,
    ],
  ]);
}

export function checkProgram(request: ProgramRequest): Result<true> {
  const { limits: wanted, tools } = request;
  return verdict([
    [isName(request.entry), 'entry', 'must be a text of 1 to 512 characters'],
    [isName(request.seed), 'seed', 'must be a text of 1 to 512 characters'],
    [isWithin(request.startedAt, 0, 8.64e15), 'startedAt', 'must be a time'],
    [Array.isArray(tools) && tools.length <= 500 && tools.every(isName), 'tools', 'must be at most 500 names'],
    [isWithin(wanted?.totalMs, 1, limits.maxRunTimeoutMs), 'limits.totalMs', 'must be 1 to 600000'],
    [isWithin(wanted?.fuel, 1, 1e10), 'limits.fuel', 'must be 1 to 10000000000'],
    [isWithin(wanted?.calls, 0, 10_000), 'limits.calls', 'must be 0 to 10000'],
    [isWithin(wanted?.outputCharacters, 1, 8_000_000), 'limits.outputCharacters', 'must be 1 to 8000000'],
  ]);
}

export function checkShell({ files, script, limits: wanted }: ShellRequest): Result<true> {
  return verdict([
    [
      files !== undefined && isTextByPath(files),
      'files',
      'must be texts by relative paths, at most 16777216 characters',
    ],
    [
      typeof script === 'string' && script.length <= 1_000_000,
      'script',
      'must be a text of at most 1000000 characters',
    ],
    [isWithin(wanted?.totalMs, 1, limits.maxRunTimeoutMs), 'limits.totalMs', 'must be 1 to 600000'],
    [isWithin(wanted?.outputCharacters, 1, 8_000_000), 'limits.outputCharacters', 'must be 1 to 8000000'],
  ]);
}

export function checkDeploy(request: DeployRequest): Result<true> {
  const refusal = checkSlot('slot', request.slot);
  if (refusal !== undefined) return err(refusal);
  return verdict([
    [isName(request.app), 'app', 'must be a text of 1 to 512 characters'],
    [isName(request.version), 'version', 'must be a text of 1 to 512 characters'],
    [isName(request.entry), 'entry', 'must be a text of 1 to 512 characters'],
  ]);
}

export function checkAppRequest(request: AppRequest): Result<true> {
  const refusal = checkSlot('slot', request.slot);
  if (refusal !== undefined) return err(refusal);
  const bodyCharacters = request.body?.length ?? 0;
  return verdict([
    [isName(request.app), 'app', 'must be a text of 1 to 512 characters'],
    [request.path.startsWith('/') && !request.path.startsWith('//'), 'path', 'must start with one "/"'],
    [bodyCharacters <= limits.requestBodyCharacters, 'body', 'must be at most 262144 characters'],
  ]);
}

export function checkGroup(group: unknown, allowedOrigins: unknown): Result<true> {
  return verdict([
    [isName(group), 'group', 'must be a text of 1 to 512 characters'],
    [
      Array.isArray(allowedOrigins) && allowedOrigins.length <= 50 && allowedOrigins.every(isName),
      'allowedOrigins',
      'must be at most 50 origins',
    ],
  ]);
}

export function checkBench(request: BenchRequest): Result<true> {
  return verdict([
    [isName(request.runId), 'runId', 'must be a text of 1 to 512 characters'],
    [isName(request.host), 'host', 'must be a text of 1 to 512 characters'],
    [
      Array.isArray(request.files) && request.files.length <= limits.benchFiles,
      'files',
      `must be at most ${String(limits.benchFiles)} files`,
    ],
    [isWithin(request.rounds, 1, limits.benchRounds), 'rounds', `must be 1 to ${String(limits.benchRounds)}`],
  ]);
}

export function checkLoad(request: LoadRequest): Result<true> {
  const { sides, exchanges, prepare, blockMs, blocks, ratePerSecond } = request;
  const areExchanges = (list: unknown, least: number): boolean =>
    Array.isArray(list) &&
    list.length >= least &&
    list.length <= 100 &&
    list.every((each: LoadExchange) => checkAppRequest({ ...each, app: 'a', slot: 'preview', headers: {} }).ok);
  return verdict([
    [isName(request.app), 'app', 'must be a text of 1 to 512 characters'],
    [Array.isArray(sides) && (sides.length === 1 || sides.length === 2), 'sides', 'must be one or two versions'],
    [areExchanges(exchanges, 1), 'exchanges', 'must be 1 to 100 requests, each with a path from "/"'],
    [areExchanges(prepare, 0), 'prepare', 'must be at most 100 requests, each with a path from "/"'],
    [isWithin(ratePerSecond, 1, limits.loadPerSecond), 'ratePerSecond', `must be 1 to ${String(limits.loadPerSecond)}`],
    [
      isWithin(blockMs, 100, limits.loadMs) && isWithin(blocks, 1, 100),
      'blocks',
      'must be 1 to 100 of at least 100 ms',
    ],
    [
      blockMs * blocks * sides.length <= limits.loadMs,
      'blockMs',
      `all blocks take more than ${String(limits.loadMs)} ms`,
    ],
  ]);
}
