/**
 * An open loop: requests begin at fixed moments whether earlier ones are answered or not, and a time counts from the
 * moment at which its request was to begin, so a version that stalls is charged for what would have come meanwhile
 * (Schroeder, Wierman and Harchol-Balter, "Open Versus Closed", 2006). Blocks of two versions take turns in pairs whose
 * order is by chance.
 */
import { createRandom } from '../../../shared/domain/quality/performance/noise.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { LoadBlock, LoadExchange, LoadRequest } from '../../../shared/rpc/bench.ts';
import { withinDeadline } from '../guard/deadline.ts';
import { limits } from '../guard/limits.ts';
import { requestForApp } from './exchange.ts';

/** One version that answers. */
export type LoadTarget = (request: Request) => Promise<Response>;

/** How long after the last request of a block answers are waited for. */
const settleMs = 2_000;

export async function runLoad(
  request: LoadRequest,
  targets: readonly LoadTarget[],
): Promise<Result<readonly LoadBlock[]>> {
  const random = createRandom(request.seed);
  for (const [index, target] of targets.entries()) {
    for (const exchange of request.prepare) {
      const status = await answer(target, exchange);
      if (status !== undefined && status < 500) continue;
      const which = request.sides[index]?.version.slice(0, 10) ?? '';
      const detail = `${exchange.method} ${exchange.path} of the preparation ${status === undefined ? 'was not answered' : `answered ${String(status)}`} by ${which}`;
      return err({ type: 'resource.conflict', detail });
    }
    // The first requests make the isolate and its tables; they are nobody's normal answers.
    for (const exchange of request.exchanges) await answer(target, exchange);
  }
  const blocks: LoadBlock[] = [];
  for (let block = 0; block < request.blocks; block += 1) {
    const order = random() < 0.5 ? targets.keys() : [...targets.keys()].reverse();
    for (const side of order) {
      const target = targets[side];
      if (target !== undefined) blocks.push(await runBlock(request, side, target));
    }
  }
  return ok(blocks);
}

/** The status of a complete answer; undefined when there is none. */
async function answer(
  target: LoadTarget,
  { method, path, headers = {}, body }: LoadExchange,
): Promise<number | undefined> {
  try {
    const request = new Request(new URL(path, 'https://app'), {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
    });
    const response = await withinDeadline(target(requestForApp(request, path)), limits.appRequestMs);
    await withinDeadline(response.arrayBuffer(), limits.appRequestMs);
    return response.status;
  } catch {
    // No answer in time, or one that broke off: it is counted as failed by whoever asked.
    return undefined;
  }
}

async function runBlock(request: LoadRequest, side: number, target: LoadTarget): Promise<LoadBlock> {
  const { exchanges, ratePerSecond, blockMs } = request;
  const count = Math.max(1, Math.floor((blockMs / 1_000) * ratePerSecond));
  const startsAt = performance.now();
  const timesMs: number[] = [];
  const waiting = new Set<Promise<void>>();
  let failed = 0;
  let dropped = 0;
  const send = async (exchange: LoadExchange, dueAt: number): Promise<void> => {
    const status = await answer(target, exchange);
    if (status === undefined || status >= 500) failed += 1;
    else timesMs.push(Math.round((performance.now() - dueAt) * 1_000) / 1_000);
  };
  for (let index = 0; index < count; index += 1) {
    const dueAt = startsAt + (index * 1_000) / ratePerSecond;
    const inMs = dueAt - performance.now();
    if (inMs > 0) await pause(inMs);
    const exchange = exchanges[index % exchanges.length];
    if (exchange === undefined) continue;
    if (waiting.size >= limits.loadWaiting) {
      dropped += 1;
      continue;
    }
    const work: Promise<void> = send(exchange, dueAt).finally(() => waiting.delete(work));
    waiting.add(work);
  }
  await Promise.race([Promise.all(waiting), pause(settleMs)]);
  return { side, sent: count - dropped, failed: failed + waiting.size, dropped, timesMs: [...timesMs] };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
