/**
 * The one place that loads guest code. Every isolate has the network off: `globalOutbound` left out would inherit the
 * sandbox's own network, so callers cannot choose it. Its environment holds the capabilities it was given and nothing else.
 */

export interface IsolateCode {
  readonly mainModule: string;
  readonly modules: Readonly<Record<string, string>>;
  /** Capabilities of services by name; absent: none. */
  readonly services?: Readonly<Record<string, Fetcher>>;
}

function workerCode(code: IsolateCode): WorkerLoaderWorkerCode {
  return {
    compatibilityDate: '2026-10-20',
    compatibilityFlags: ['nodejs_compat'],
    mainModule: code.mainModule,
    modules: Object.fromEntries(Object.entries(code.modules).map(([name, js]) => [name, { js }])),
    env: { ...code.services },
    globalOutbound: null,
  };
}

/** A new isolate, used once. */
export function loadOnce(loader: WorkerLoader, code: IsolateCode): WorkerStub {
  return loader.load(workerCode(code));
}

/** An isolate that is kept while it is used; the id must change whenever the code or its owner does. */
export function loadKept(loader: WorkerLoader, id: string, code: () => IsolateCode): WorkerStub {
  return loader.get(id, () => workerCode(code()));
}
