/** One JSON object per line. Keys, tickets and bodies are never passed in. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly requestId?: string;
  readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Written with its causes; a stack stands only in the log, never in an answer. */
  readonly error?: unknown;
}

export type LogWriter = (entry: LogEntry) => void;

const maxCauses = 5;

const describeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return { value: String(error).slice(0, 500) };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
};

/** Writes to the Worker's log. */
export const writeLogLine: LogWriter = ({ fields, error, ...entry }) => {
  const line = JSON.stringify({ ...entry, ...fields, ...(error === undefined ? {} : { error: describeError(error) }) });
  // oxlint-disable-next-line no-console -- the console is the Worker's log, and this is the one place that writes to it
  console.log(line);
};
