/** What a gateway must not do over time: hold a first frame back, keep memory, lose streams among many. */
import { readResidentMib } from '../../scripts/platform/processes.ts';
import type { MeasuredTarget, Stage } from './targets.ts';

export interface FirstByte {
  readonly passedOn: boolean;
  readonly error?: string;
}

/** The upstream sends its second frame only after the client has had the first one. */
export const measureFirstByte = async (stage: Stage, { target }: MeasuredTarget): Promise<FirstByte> => {
  const { errors, firstError } = await stage.load.run({
    target,
    model: 'gated',
    stream: true,
    shape: { type: 'gated', release: `${stage.upstream}/release`, patienceMs: 10_000 },
  });
  return { passedOn: errors === 0, ...(firstError === undefined ? {} : { error: firstError }) };
};

export interface Memory {
  readonly requests: number;
  readonly errors: number;
  /** Resident MiB of the process before, and after each fifth. */
  readonly residentMib: readonly number[];
}

const memorySteps = 5;

/** Half of the requests are streamed. */
export const measureMemory = async (
  stage: Stage,
  { target, pid }: MeasuredTarget,
  requests: number,
  tell: (line: string) => void,
): Promise<Memory> => {
  const residentMib = [readResidentMib(pid) ?? Number.NaN];
  const each = Math.round(requests / memorySteps / 2);
  let errors = 0;
  for (let step = 1; step <= memorySteps; step += 1) {
    for (const stream of [false, true]) {
      const shape = { type: 'count', connections: 16, requests: each } as const;
      errors += (await stage.load.run({ target, model: 'bench', stream, shape })).errors;
    }
    residentMib.push(readResidentMib(pid) ?? Number.NaN);
    tell(`memory after ${step * each * 2} requests: ${residentMib.at(-1)?.toFixed(0)} MiB`);
  }
  return { requests: each * 2 * memorySteps, errors, residentMib };
};

export interface ManyStreams {
  readonly streams: number;
  readonly errors: number;
  readonly firstError?: string;
  /** Of the process before, at most, and afterwards. */
  readonly residentMib: { readonly before: number; readonly most: number; readonly after: number };
}

const sampleEveryMs = 500;

/** All at once from an upstream that waits half a second between its frames. */
export const measureStreams = async (
  stage: Stage,
  { target, pid }: MeasuredTarget,
  streams: number,
): Promise<ManyStreams> => {
  const read = (): number => readResidentMib(pid) ?? Number.NaN;
  const before = read();
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, read());
  }, sampleEveryMs);
  try {
    const { errors, firstError } = await stage.load.run({
      target,
      model: 'slow-500',
      stream: true,
      shape: { type: 'count', connections: streams, requests: streams },
    });
    const more = firstError === undefined ? {} : { firstError };
    return { streams, errors, ...more, residentMib: { before, most, after: read() } };
  } finally {
    clearInterval(sampling);
  }
};
