/** `aidevos runs`: debugging by replay. List, export, replay, compare and fork what projects did. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import { collectAnswer } from '../../shared/domain/model/collect.ts';
import { offlineEngineer } from '../../shared/domain/offline-engineer/engineer.ts';
import { hashValue } from '../../shared/domain/replay/canonical.ts';
import { diffRuns } from '../../shared/domain/replay/diff.ts';
import type { Divergence } from '../../shared/domain/replay/divergence.ts';
import { attemptsOf } from '../../shared/domain/replay/outline.ts';
import type { RunExport } from '../../shared/domain/replay/run-export.ts';
import { projectStateAt, replayExport } from '../../shared/domain/replay/verify.ts';
import { agentStateAt, type AskAgain } from '../../shared/domain/replay/verify-run.ts';
import { answerOf } from '../api/client.ts';
import { createContext, wantsJson } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import { answer } from '../output/print.ts';
import { describeAttempts, describeDifference, describeReplay, describeRun, describeState } from '../runs/describe.ts';
import { loadRun, openExport, type LoadedRun } from '../runs/load-run.ts';
import { wholeNumber } from '../whole-number.ts';

const list = async (source: string, _options: unknown, command: Command): Promise<void> => {
  const { run } = await loadRun(source, command);
  const attempts = run.agents
    .flatMap((agent) => attemptsOf(agent))
    .toSorted((left, right) => left.startedAt - right.startedAt);
  const runs = attempts.map(({ steps, ...attempt }) => ({
    ...attempt,
    steps: steps.filter(({ kind }) => kind !== 'end').length,
  }));
  answer(wantsJson(command), { projectId: run.header.projectId, runs }, () => describeAttempts(attempts));
};

const exportRun = async (projectId: string, { out }: { readonly out?: string }, command: Command): Promise<void> => {
  const { connection, json } = await createContext(command);
  const stream = await openExport(connection, projectId);
  if (out === undefined) {
    await pipeline(stream, process.stdout, { end: false });
    return;
  }
  await pipeline(stream, createWriteStream(out));
  answer(json, { projectId, file: out }, () => `exported into ${out}`);
};

/** Models that answer the same to the same request. */
const askAgain: AskAgain = (name, request) =>
  name.startsWith('offline/') ? collectAnswer(offlineEngineer, { ...request, idempotencyKey: 'replay' }) : undefined;

interface ReplayOptions {
  readonly run?: string;
  readonly to?: string;
  readonly verifyModel?: boolean;
}

/** The replayed state at a moment against the one that the platform has of it. */
const compareLive = async ({ run, client }: LoadedRun, sequence: number): Promise<readonly Divergence[]> => {
  if (client === undefined) return [];
  const { projectId } = run.header;
  const query = { sequence: String(sequence) };
  const live = await answerOf(client.api.projects[':projectId']['state-hash'].$get({ param: { projectId }, query }));
  const replayed = hashValue(projectStateAt(run.events, sequence), hashText);
  return live.hash === replayed
    ? []
    : [{ where: 'project', sequence, what: 'The platform has another state.', recorded: live.hash, replayed }];
};

const stateOfRun = (run: RunExport, runId: string, to: string | undefined) => {
  const agent = run.agents.find(({ events }) =>
    events.some(({ event }) => event.type === 'run.started' && event.runId === runId),
  );
  const attempt = agent === undefined ? undefined : attemptsOf(agent).find((candidate) => candidate.runId === runId);
  if (agent === undefined || attempt === undefined)
    throw new CommandFailure(
      exitCodes.notFound,
      'resource.not_found',
      `There is no run ${runId}; see: aidevos runs list`,
    );
  const steps = attempt.steps.filter(({ kind }) => kind !== 'end').length;
  const step = to === undefined ? steps : wholeNumber('--to', to);
  const state = step > steps ? undefined : agentStateAt(agent, { runId, step })?.run;
  if (state === undefined) throw usageFailure(`--to: the run has ${steps} steps.`);
  return { step, state };
};

const replay = async (source: string, options: ReplayOptions, command: Command): Promise<void> => {
  const loaded = await loadRun(source, command);
  const { run } = loaded;
  const { header } = run;
  const sequence =
    options.run === undefined && options.to !== undefined ? wholeNumber('--to', options.to) : header.sequence;
  if (sequence > header.sequence) throw usageFailure(`--to: the project has ${header.sequence} events.`);
  const ofRun = options.run === undefined ? undefined : stateOfRun(run, options.run, options.to);
  const report = await replayExport(run, hashText, options.verifyModel === true ? askAgain : undefined);
  const divergences = report.divergences.length > 0 ? report.divergences : await compareLive(loaded, sequence);
  const whole = { ...report, divergences };
  const state = ofRun === undefined ? projectStateAt(run.events, sequence) : ofRun.state;
  const at = ofRun === undefined ? { sequence } : { runId: ofRun.state.runId, step: ofRun.step };
  answer(wantsJson(command), { projectId: header.projectId, at, ...whole, state }, () =>
    [
      describeReplay(header.name, whole, options.verifyModel === true),
      ofRun === undefined
        ? describeState(projectStateAt(run.events, sequence), sequence)
        : describeRun(ofRun.state, ofRun.step),
    ].join('\n'),
  );
  if (divergences.length > 0) process.exitCode = exitCodes.differs;
};

const diff = async (left: string, right: string, _options: unknown, command: Command): Promise<void> => {
  const difference = diffRuns((await loadRun(left, command)).run, (await loadRun(right, command)).run);
  answer(wantsJson(command), difference, describeDifference);
  if (!difference.equal) process.exitCode = exitCodes.differs;
};

interface ForkOptions {
  readonly at?: string;
  readonly run?: string;
  readonly step?: string;
  readonly model?: string;
  readonly prompt?: string;
  readonly role?: string;
  readonly code: readonly string[];
  readonly name?: string;
  readonly keepTools?: boolean;
}

/** `@file` stands for what the file holds. */
const readText = async (text: string): Promise<string> => {
  if (!text.startsWith('@')) return text;
  try {
    return await readFile(text.slice(1), 'utf8');
  } catch {
    throw usageFailure(`the file ${text.slice(1)} cannot be read.`);
  }
};

const readCode = async (entry: string): Promise<{ readonly path: string; readonly content: string | null }> => {
  const at = entry.indexOf('=');
  if (at < 1) throw usageFailure(`--code: "${entry}" is not path=@file, path=text, or path= to delete it.`);
  const value = entry.slice(at + 1);
  return { path: entry.slice(0, at), content: value === '' ? null : await readText(value) };
};

const momentOf = ({ at, run, step }: ForkOptions) => {
  if (at !== undefined && run !== undefined) throw usageFailure('--at and --run exclude each other.');
  if ((run === undefined) !== (step === undefined)) throw usageFailure('--run and --step belong together.');
  if (at !== undefined) return { at: { sequence: wholeNumber('--at', at) } };
  return run === undefined ? {} : { at: { runId: run, step: wholeNumber('--step', step ?? '') } };
};

const fork = async (projectId: string, options: ForkOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const { model, prompt, role, name } = options;
  const code = await Promise.all(options.code.map(readCode));
  const body = {
    ...momentOf(options),
    ...(model === undefined ? {} : { model }),
    ...(prompt === undefined ? {} : { instructions: await readText(prompt) }),
    ...(role === undefined ? {} : { role }),
    ...(name === undefined ? {} : { name }),
    ...(code.length === 0 ? {} : { code }),
    ...(options.keepTools === true ? { keepTools: true } : {}),
  };
  const document = await answerOf(client.api.projects[':projectId'].fork.$post({ param: { projectId }, json: body }));
  answer(json, document, (copy) => `forked into ${copy.projectId}; follow it: aidevos logs --follow ${copy.projectId}`);
};

const addForkCommand = (runs: Command): void => {
  runs
    .command('fork')
    .description('go on from a moment of a project in a copy that cannot touch it')
    .argument('<project>')
    .option('--at <sequence>', 'from this event; without it, as the project is now')
    .option('--run <run>', 'from within a run of an agent, with --step')
    .option('--step <step>', 'the step of the run that is the last to be taken over')
    .option('--model <model>', 'another model from there on')
    .option('--prompt <text>', 'instructions to add to the system prompt; @file reads them')
    .option('--role <role>', 'whom --model and --prompt are for; without it, everybody')
    .option(
      '--code <path=@file>',
      'put a file on main before it goes on; may be given more than once',
      (entry: string, before: readonly string[]) => [...before, entry],
      [] as readonly string[],
    )
    .option('--name <name>', 'name of the copy')
    .option('--keep-tools', "let the project's own tools act on the outside; without it only those that change nothing")
    .action(fork);
};

export const addRunCommands = (program: Command): void => {
  const runs = program.command('runs').description('debug by replay: what projects did, step by step');
  runs.command('list').description("list the runs of a project's agents").argument('<project|file>').action(list);
  runs
    .command('export')
    .description('write everything that happened as JSON lines')
    .argument('<project>')
    .option('--out <file>', 'into this file instead of standard output')
    .action(exportRun);
  runs
    .command('replay')
    .description('replay a project, or one run of an agent, and compare with the record; exit code 1 when it differs')
    .argument('<project|file>')
    .option('--run <run>', 'show this run of an agent')
    .option('--to <step>', 'stop after this event, or with --run after this step')
    .option('--verify-model', 'ask deterministic models again and compare their answers')
    .action(replay);
  runs
    .command('diff')
    .description('compare two runs by structure; exit code 1 when they differ')
    .argument('<project|file>')
    .argument('<project|file>')
    .action(diff);
  addForkCommand(runs);
};
