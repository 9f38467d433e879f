/** What is known of a model before it is called: of the table beside this file, or of a person's own configuration. */

/** What a request may need of a model. Every model of kind `chat` streams. */
export const abilities = ['tools', 'images', 'files', 'reasoning', 'json_schema'] as const;

export type Ability = (typeof abilities)[number];

/** Micro-dollars (a millionth of a dollar) for a million tokens, so that all sums are whole numbers. */
export interface Rates {
  readonly input: number;
  /** Input that the provider read from its cache. */
  readonly cachedInput: number;
  readonly output: number;
  /** Input that the provider wrote to its cache for five minutes; absent: as other input. */
  readonly cacheWrite?: number;
}

export interface Price extends Rates {
  /** The rates of the whole call when its input is longer than `aboveTokens`. */
  readonly long?: Rates & { readonly aboveTokens: number };
}

export interface ModelCard {
  /** `<provider>/<model>`. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'chat' | 'embedding';
  /** The day on which it was released, `2026-04-23`. */
  readonly released?: string;
  /** Tokens that it reads together with its answer. */
  readonly contextTokens?: number;
  /** The longest answer. */
  readonly outputTokens?: number;
  /** Absent: not known. A request that needs one is then not given to it unasked. */
  readonly abilities?: readonly Ability[];
  readonly price?: Price;
  /** What published benchmarks let expect of it, from 0 to 100; absent where it is in none. */
  readonly quality?: number;
  /** Its provider has announced its end. */
  readonly deprecated?: true;
  /** The day of its end, where it was announced. */
  readonly endsOn?: string;
}
