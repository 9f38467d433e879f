/**
 * `node:worker_threads` as far as an isolate can be it: a worker is a CommonJS file of the project that runs in this
 * isolate, one turn later, with modules, data and a port of its own. There is no parallelism.
 */
import { EventEmitter } from 'node:events';
import { commonJsId, isolateModules, run } from './commonjs.ts';

interface ThreadState {
  readonly isMainThread: boolean;
  readonly parentPort: Port | null;
  readonly workerData: unknown;
  readonly threadId: number;
}

/** One end of a channel. */
class Port extends EventEmitter {
  peer: Port | undefined;
  postMessage(value: unknown): void {
    const copy: unknown = structuredClone(value);
    queueMicrotask(() => this.peer?.emit('message', copy));
  }
  close(): void {
    this.emit('close');
  }
  start(): void {
    // Messages flow from the beginning.
  }
  ref(): void {
    // Nothing here keeps a process alive.
  }
  unref(): void {
    // Nothing here keeps a process alive.
  }
}

let state: ThreadState = { isMainThread: true, parentPort: null, workerData: null, threadId: 0 };
let threads = 0;

export class Worker extends EventEmitter {
  readonly threadId: number;
  readonly #outside = new Port();

  constructor(file: string | URL, options: { readonly workerData?: unknown } = {}) {
    super();
    threads += 1;
    this.threadId = threads;
    const inside = new Port();
    inside.peer = this.#outside;
    this.#outside.peer = inside;
    this.#outside.on('message', (value) => this.emit('message', value));
    const path = typeof file === 'string' ? file : file.pathname;
    const data: unknown = structuredClone(options.workerData);
    queueMicrotask(() =>
      this.#start(path, { isMainThread: false, parentPort: inside, workerData: data, threadId: this.threadId }),
    );
  }

  #start(path: string, own: ThreadState): void {
    const id = commonJsId(path);
    const before = state;
    state = own;
    try {
      if (id === undefined) throw new Error(`Cannot find the file of the worker: ${path} (it has to be CommonJS)`);
      this.emit('online');
      isolateModules(() => run(id));
    } catch (cause) {
      this.emit('error', cause);
    } finally {
      state = before;
    }
    // What the worker posted comes before its end.
    setTimeout(() => this.emit('exit', 0), 0);
  }

  postMessage(value: unknown): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of our own, not a window
    this.#outside.postMessage(value);
  }

  terminate(): Promise<number> {
    this.#outside.peer = undefined;
    return Promise.resolve(0);
  }

  ref(): void {
    // Nothing here keeps a process alive.
  }

  unref(): void {
    // Nothing here keeps a process alive.
  }
}

/** CommonJS code asks for these when it runs, each thread for its own. */
export default {
  Worker,
  get isMainThread() {
    return state.isMainThread;
  },
  get parentPort() {
    return state.parentPort;
  },
  get workerData() {
    return state.workerData;
  },
  get threadId() {
    return state.threadId;
  },
};
export const { isMainThread, parentPort, workerData, threadId } = state;
