/** Model clients whose calls are measured, for whoever chooses between them. */
import { noMeasurements, noteCall, type Measurements } from '../../domain/model/measurements.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';
import { isProviderFault } from '../../domain/model/breaker.ts';

/** The measurements of all models of this isolate, in memory, by their full names. */
export class ModelMeasurements {
  readonly #measurements = new Map<string, Measurements>();
  readonly #now: () => number;

  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now();
  }

  of(name: string): Measurements | undefined {
    return this.#measurements.get(name);
  }

  note(name: string, call: { readonly failed: boolean; readonly firstPieceMs?: number }): void {
    this.#measurements.set(name, noteCall(this.#measurements.get(name) ?? noMeasurements, call, this.#now()));
  }
}

/** Rate limits and keys count as well: such a model cannot be had at the moment, whoever's fault it is. */
const counts = (failure: ModelFailure): boolean =>
  isProviderFault(failure) || failure.kind === 'rate_limited' || failure.kind === 'authentication';

async function* streamMeasured(
  client: ModelClient,
  name: string,
  measurements: ModelMeasurements,
  request: ModelRequest,
  signal: CancelSignal | undefined,
): AsyncGenerator<ModelEvent> {
  const startedAt = measurements.now();
  let firstPieceMs: number | undefined;
  for await (const event of client.stream(request, signal)) {
    const isEnd = event.type === 'finished' || event.type === 'failed';
    if (event.type !== 'failed') firstPieceMs ??= measurements.now() - startedAt;
    const failed = event.type === 'failed' && counts(event.failure);
    if (failed || event.type === 'finished') {
      measurements.note(name, { failed, ...(firstPieceMs === undefined ? {} : { firstPieceMs }) });
    }
    yield event;
    if (isEnd) return;
  }
}

/** The same client; `name` is `<provider>/<model>`. */
export const withMeasurements = (client: ModelClient, name: string, measurements: ModelMeasurements): ModelClient => ({
  stream: (request, signal) => streamMeasured(client, name, measurements, request, signal),
});
