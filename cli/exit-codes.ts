/** What the exit code of `aidevos` means; `aidevos --help` shows this table. */
export const exitCodes = {
  ok: 0,
  /** The project ended failed, blocked or cancelled. */
  projectFailed: 1,
  /** A replay or a comparison found a difference. */
  differs: 1,
  /** A provider does not take the key that was tried. */
  refused: 1,
  /** Wrong arguments, or an input that the platform refused. */
  usage: 2,
  notFound: 3,
  unauthorised: 4,
  unreachable: 5,
  /** The platform answered with an error of its own. */
  platformFailed: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected failure of a command: shown as it is, without a stack. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;
  /** The platform's code where it refused (`resource.not_found`), otherwise one of the command line's own. */
  readonly code: string;
  readonly issues: readonly { readonly field: string; readonly reason: string }[];

  constructor(
    exitCode: ExitCode,
    code: string,
    message: string,
    issues: readonly { readonly field: string; readonly reason: string }[] = [],
  ) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.issues = issues;
  }
}

/** A mistake in what the person wrote. */
export const usageFailure = (message: string): CommandFailure => new CommandFailure(exitCodes.usage, 'usage', message);

/** The exit code for a refusal of the platform. */
export const exitCodeForStatus = (status: number): ExitCode => {
  if (status === 401 || status === 403) return exitCodes.unauthorised;
  if (status === 404 || status === 410) return exitCodes.notFound;
  return status >= 500 || status === 429 ? exitCodes.platformFailed : exitCodes.usage;
};
