/** Measurements of event logs, from outside the object, as its callers see it. Times in milliseconds. */
import type { LogBench } from './log-bench.ts';

type Logs = DurableObjectNamespace<LogBench>;

/** The log's name as a stub; taken anew after each crash, since the stub of an object that is gone stays broken. */
const logOf = (logs: Logs, name: string): DurableObjectStub<LogBench> => logs.getByName(name);

const crash = async (logs: Logs, name: string): Promise<void> => {
  try {
    await logOf(logs, name).crash();
  } catch {
    // The call ends with the instance.
  }
};

/** From a dead instance to its first answer. */
const recover = async (logs: Logs, name: string, times: number): Promise<readonly number[]> => {
  const durations: number[] = [];
  for (let round = 0; round < times; round += 1) {
    await crash(logs, name);
    const startedAt = performance.now();
    await logOf(logs, name).count();
    durations.push(performance.now() - startedAt);
  }
  return durations;
};

export const measurePersist = async (logs: Logs) => await logOf(logs, 'persist').persist(50);

/** Replays and recoveries of logs of these lengths. */
export const measureReplay = async (logs: Logs, lengths: readonly number[]) => {
  const results: {
    readonly events: number;
    readonly replayMs: readonly number[];
    readonly recoveryMs: readonly number[];
  }[] = [];
  for (const events of lengths) {
    const name = `replay-${events}`;
    await logOf(logs, name).fill(events);
    const replayMs = await logOf(logs, name).replay(15);
    results.push({ events, replayMs, recoveryMs: await recover(logs, name, 15) });
  }
  return results;
};

/** An agent that has lived long: the time to write its log, and to wake it with the snapshot it keeps. */
export const measureLargeLog = async (logs: Logs, events: number) => {
  const name = 'large';
  const startedAt = performance.now();
  await logOf(logs, name).fill(events);
  const fillMs = performance.now() - startedAt;
  await logOf(logs, name).saveSnapshot();
  const recoveryMs = await recover(logs, name, 15);
  const appendStartedAt = performance.now();
  for (let round = 0; round < 100; round += 1) await logOf(logs, name).append(1);
  return { events, fillMs, recoveryMs, appendMs: (performance.now() - appendStartedAt) / 100 };
};

/** From the call that appends an event to its arrival at a client's socket. */
export const measureSocket = async (logs: Logs, count: number): Promise<readonly number[]> => {
  const log = logOf(logs, 'socket');
  const answer = await log.fetch('https://object/events?after=0', { headers: { upgrade: 'websocket' } });
  const socket = answer.webSocket;
  if (socket === null) throw new Error(`the socket was refused with ${answer.status}`);
  let arrived = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as { readonly type: string; readonly sequence: number };
    if (frame.type !== 'event') return;
    arrived.resolve();
    if (frame.sequence % 100 === 0) socket.send(JSON.stringify({ type: 'ack', sequence: frame.sequence }));
  });
  socket.accept();
  const durations: number[] = [];
  for (let round = 0; round < count; round += 1) {
    arrived = Promise.withResolvers<void>();
    const startedAt = performance.now();
    await Promise.all([log.append(1), arrived.promise]);
    durations.push(performance.now() - startedAt);
  }
  socket.close(1000);
  return durations;
};
