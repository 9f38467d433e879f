/** Wraps the class of a deployed app: fresh fuel for each request, no alarms, and a console with a limit. */
import { describeValue } from './describe-value.ts';
import { refuel } from './fuel.ts';

interface AppObject {
  // A method, not a field, so that the wrapping class may override it; an app may still lack it.
  fetch(request: Request): unknown;
}
type AppClass = new (ctx: DurableObjectState, env: unknown) => AppObject;

/** Tells the host that the app failed; an app that sets it itself only fails by its own wish. */
const problemHeader = 'x-aidevos-problem';

/** Steps of one request. */
const fuelPerRequest = 20_000_000;
const linesPerRequest = 50;

let linesLeft = linesPerRequest;

/** The class that the slot's object runs. */
export function hostedApp(entry: Record<string, unknown>, source: string): AppClass {
  const Base = entry['App'] as AppClass | undefined;
  if (typeof Base !== 'function') throw new TypeError(`${source} does not export a class named App`);
  limitConsole();
  return class App extends Base {
    constructor(ctx: DurableObjectState, env: unknown) {
      refuel(fuelPerRequest);
      forbidAlarms(ctx.storage);
      super(ctx, env);
    }

    override async fetch(request: Request): Promise<Response> {
      refuel(fuelPerRequest);
      linesLeft = linesPerRequest;
      try {
        if (typeof super.fetch !== 'function') throw new TypeError(`The class App of ${source} has no fetch method`);
        const response = await super.fetch(request);
        if (response instanceof Response) return response;
        throw new TypeError(`fetch of App answered ${describeValue(response, 200)} instead of a Response`);
      } catch (cause) {
        refuel(fuelPerRequest);
        // One bounded line for the operator's log; the caller learns only that the app failed.
        // oxlint-disable-next-line no-console -- the console is the app's log
        console.error(`App failed: ${failureText(cause)}`);
        return new Response(null, { status: 500, headers: { [problemHeader]: 'internal' } });
      }
    }
  };
}

function failureText(cause: unknown): string {
  try {
    const stack: unknown = cause instanceof Error ? cause.stack : undefined;
    return (typeof stack === 'string' ? stack : describeValue(cause, 500)).slice(0, 1_000);
  } catch {
    // What was thrown is a hostile object: there is nothing to say about it.
    return 'the error cannot be described';
  }
}

/** The runtime gives a facet no alarm, and asking for one breaks the request of the host as well. */
function forbidAlarms(storage: DurableObjectStorage): void {
  const refuse = (): never => {
    throw new Error('Alarms are not available to deployed apps');
  };
  Object.defineProperty(storage, 'setAlarm', { value: refuse });
}

function limitConsole(): void {
  const native = console;
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = native[level].bind(native);
    native[level] = (...values: unknown[]): void => {
      if (linesLeft <= 0) return;
      linesLeft -= 1;
      print(
        values.map((value) => (typeof value === 'string' ? value.slice(0, 2_000) : describeValue(value))).join(' '),
      );
    };
  }
}
