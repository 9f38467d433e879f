/** What a failed expectation throws. */

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly expected: string | undefined;
  readonly actual: string | undefined;

  /** `expected` and `actual` are already text: nothing of the guest is looked at again later. */
  constructor(message: string, expected?: string, actual?: string) {
    super(message);
    this.expected = expected;
    this.actual = actual;
  }
}
