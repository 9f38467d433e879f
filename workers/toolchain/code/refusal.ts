/** A question that cannot be answered: which part of it, and why. */
export class CodeRefusal extends Error {
  override readonly name = 'CodeRefusal';
  readonly field: string;
  readonly reason: string;
  readonly isMissing: boolean;

  constructor(field: string, reason: string, isMissing = false) {
    super(`${field}: ${reason}`);
    this.field = field;
    this.reason = reason;
    this.isMissing = isMissing;
  }
}
