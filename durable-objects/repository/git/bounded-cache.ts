/** Keeps the values used last, up to a total weight. For values that never change under their key. */
export class BoundedCache<Value> {
  readonly #maximumWeight: number;
  readonly #weigh: (value: Value) => number;
  readonly #values = new Map<string, Value>();
  #weight = 0;

  constructor(maximumWeight: number, weigh: (value: Value) => number) {
    this.#maximumWeight = maximumWeight;
    this.#weigh = weigh;
  }

  /** The value kept under the key, or the one that `make` gives, which is then kept. */
  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) {
      // A map keeps the order of insertion: to go in again is to become the youngest.
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    const value = make();
    this.#values.set(key, value);
    this.#weight += this.#weigh(value);
    this.#trim();
    return value;
  }

  /** The value kept under the key, or undefined. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }

  #trim(): void {
    for (const [key, value] of this.#values) {
      if (this.#weight <= this.#maximumWeight || this.#values.size === 1) return;
      this.#values.delete(key);
      this.#weight -= this.#weigh(value);
    }
  }
}
