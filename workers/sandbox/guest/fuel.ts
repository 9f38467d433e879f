/**
 * The fuel counter of one isolate. Built code calls `burn` at every loop turn, function and catch clause; when
 * nothing is left every call throws, until the sandbox fills the counter again. Only `burn` is reachable for guest
 * code, under a name that its own text cannot contain.
 */

let filled = 20_000_000;
let left = filled;
let spent = 0;

/** Thrown when guest code has used its steps up. */
class FuelError extends Error {
  override readonly name = 'FuelError';
}

export function burn(): void {
  left -= 1;
  if (left < 0) throw new FuelError(`The code ran for more than ${filled} steps: an endless loop or recursion?`);
}

export function refuel(steps: number): void {
  spent += filled - left;
  filled = steps;
  left = steps;
}

/** Steps used since the isolate was made. */
export function stepsUsed(): number {
  return spent + filled - left;
}

/** True once the counter ran out, also when guest code has swallowed the error. */
export function isFuelSpent(): boolean {
  return left < 0;
}

/** Steps since the counter was filled. */
export function stepsSinceFilled(): number {
  return filled - left;
}
