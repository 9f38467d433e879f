/**
 * `npm run bench -- bus`: durable publishes next to bare durable inserts, and delivery to 100 subscribers; then the same load
 * on NATS JetStream and Redis Streams, where they are installed, on the same disk in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { post, startBenchWorker } from '../bench-worker.ts';
import { median, quantile } from '../statistics.ts';
import { measureRate, type Contender } from './load.ts';
import { openNats } from './nats.ts';
import { openRedis } from './redis.ts';
import { findProgram, startNats, startRedis, type RunningServer } from './servers.ts';

export const busUsage = 'npm run bench -- bus        topics next to bare inserts, NATS JetStream and Redis Streams';

const callers = 64;
const subscribers = 100;
const events = 210;

interface Figures {
  readonly name: string;
  readonly perSecondOfOne: number;
  readonly perSecondOfMany: number;
  readonly deliveryMs: { readonly p50: number; readonly p99: number };
}

interface Round {
  readonly barePerSecond: number;
  readonly publishedPerSecond: number;
}

const spread = (values: readonly number[]) => ({ p50: median(values), p99: quantile(values, 0.99) });

const summarize = (rounds: readonly Round[]) => ({
  barePerSecond: median(rounds.map(({ barePerSecond }) => barePerSecond)),
  publishedPerSecond: median(rounds.map(({ publishedPerSecond }) => publishedPerSecond)),
  ratio: median(rounds.map(({ barePerSecond, publishedPerSecond }) => publishedPerSecond / barePerSecond)),
});

const measureTopics = async (folder: string) => {
  const { url, supervisor } = await startBenchWorker(folder, 'benchmarks/bus/worker/wrangler.toml');
  try {
    // Before the rates, whose checkpoints would still be written meanwhile; with the others likewise.
    const deliveryMs = spread(await post<readonly number[]>(`${url}/delivery`));
    const one = summarize(await post<readonly Round[]>(`${url}/rates-of-one`));
    const many = summarize(await post<readonly Round[]>(`${url}/rates-of-many`));
    return { one, many, deliveryMs };
  } finally {
    await supervisor.stop();
  }
};

const measureContender = async (
  name: string,
  server: RunningServer,
  open: (server: RunningServer) => Promise<Contender>,
): Promise<Figures> => {
  const contender = await open(server);
  try {
    const deliveryMs = spread(await contender.deliver(subscribers, events));
    const perSecondOfOne = median(await measureRate(contender, 1));
    const perSecondOfMany = median(await measureRate(contender, callers));
    return { name, perSecondOfOne, perSecondOfMany, deliveryMs };
  } finally {
    await contender.close();
    await server.stop();
  }
};

type Measured = Figures | { readonly name: string; readonly skipped: string };

const measureNats = async (folder: string, sync: 'default' | 'always'): Promise<Measured> => {
  const name = `NATS JetStream, ${sync === 'always' ? 'sync always' : 'its defaults'}`;
  const program = findProgram('nats-server');
  if (program === undefined) return { name, skipped: 'not installed: apt-get install nats-server' };
  const server = await startNats(program, folder, sync);
  if (server !== undefined) return await measureContender(name, server, openNats);
  return { name, skipped: 'this nats-server does not start so; sync_interval came with version 2.10' };
};

const measureRedis = async (folder: string): Promise<Measured> => {
  const name = 'Redis Streams, appendfsync always';
  const program = findProgram('redis-server');
  if (program === undefined) return { name, skipped: 'not installed: apt-get install redis-server' };
  const server = await startRedis(program, folder);
  if (server !== undefined) return await measureContender(name, server, openRedis);
  return { name, skipped: 'this redis-server does not start' };
};

const row = (name: string, ...cells: readonly string[]): string =>
  name.padEnd(40) + cells.map((cell) => cell.padStart(13)).join('');

const figuresRow = (figures: Measured): string =>
  'skipped' in figures
    ? `${figures.name.padEnd(40)}   skipped: ${figures.skipped}`
    : row(
        figures.name,
        figures.perSecondOfOne.toFixed(0),
        figures.perSecondOfMany.toFixed(0),
        `${figures.deliveryMs.p50.toFixed(2)} ms`,
        `${figures.deliveryMs.p99.toFixed(2)} ms`,
      );

/** Where the bus is behind another that was measured. */
const findSlower = (own: Figures, others: readonly Measured[]): readonly string[] =>
  others.flatMap((other) => {
    if ('skipped' in other) return [];
    const { perSecondOfOne, perSecondOfMany, deliveryMs } = other;
    return [
      ...(perSecondOfOne > own.perSecondOfOne ? [`one publisher: ${other.name}`] : []),
      ...(perSecondOfMany > own.perSecondOfMany ? [`${callers} publishers: ${other.name}`] : []),
      ...(deliveryMs.p50 < own.deliveryMs.p50 ? [`delivery p50: ${other.name}`] : []),
      ...(deliveryMs.p99 < own.deliveryMs.p99 ? [`delivery p99: ${other.name}`] : []),
    ];
  });

/** Measures all of it; the table goes to `tell`. */
export const measureBus = async (tell: (line: string) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-bus-'));
  try {
    tell('Measuring topics and bare inserts …');
    const topics = await measureTopics(folder);
    const own: Figures = {
      name: 'AIDevOS topic',
      perSecondOfOne: topics.one.publishedPerSecond,
      perSecondOfMany: topics.many.publishedPerSecond,
      deliveryMs: topics.deliveryMs,
    };
    const others: Measured[] = [];
    for (const measure of [
      () => measureNats(folder, 'always'),
      () => measureNats(folder, 'default'),
      () => measureRedis(folder),
    ]) {
      others.push(await measure());
    }
    const slower = findSlower(own, others);
    for (const line of [
      '',
      row(`durable events/s, delivery to ${subscribers}`, '1 publisher', `${callers} publishers`, 'p50', 'p99'),
      figuresRow(own),
      row('bare durable inserts', topics.one.barePerSecond.toFixed(0), topics.many.barePerSecond.toFixed(0)),
      row('  publishes to them (target ≥ 0.70)', topics.one.ratio.toFixed(2), topics.many.ratio.toFixed(2)),
      ...others.map(figuresRow),
      `Slower than: ${slower.length === 0 ? 'none of those measured' : slower.join('; ')}.`,
      'Topics are called by RPC inside workerd, which runs caller and object on one thread; the others by TCP from Node.',
    ]) {
      tell(line);
    }
    return { topics, others, slower };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
