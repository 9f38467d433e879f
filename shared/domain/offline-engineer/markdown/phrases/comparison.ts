/** The phrases by which English compares two values. */

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const PHRASES: readonly (readonly [RegExp, Comparison])[] = [
  [
    /^(?:>=|at least|on or after|not before|not earlier than|the same as or (?:after|later than)|equal to or after|same or after|after or equal to|after or on|later than or equal to)\s/,
    '>=',
  ],
  [
    /^(?:<=|at most|on or before|not after|not later than|not beyond|equal to or before|before or equal to|before or on|earlier than or equal to|within|up to)\s/,
    '<=',
  ],
  [
    /^(?:>|greater than|more than|larger than|higher than|bigger than|above|over|after|later than|longer than|older than|beyond|exceeding|strictly after|strictly greater than|in excess of)\s/,
    '>',
  ],
  [
    /^(?:<|less than|fewer than|smaller than|lower than|below|under|before|earlier than|shorter than|younger than|prior to|strictly before|strictly less than|ahead of)\s/,
    '<',
  ],
  [/^(?:!=|different from|different than|not equal to|other than|unequal to|distinct from|not the same as)\s/, '!='],
  [/^(?:==|=|equal to|equals|equal|the same as|identical to|exactly|same as)\s/, '=='],
];

/** A comparison at the beginning of the text, and what follows it. */
export const readComparison = (text: string): { readonly operator: Comparison; readonly rest: string } | undefined => {
  const padded = `${text.replace(/^(?:equal to |either |strictly )?/, (prefix) => (prefix.startsWith('equal') ? prefix : ''))} `;
  for (const [pattern, operator] of PHRASES) {
    const match = pattern.exec(padded);
    if (match !== null) return { operator, rest: padded.slice(match[0].length).trim() };
  }
  return undefined;
};

const VERBS: readonly (readonly [RegExp, Comparison])[] = [
  [/^(?:exceeds?|go(?:es)? (?:above|over|beyond)|surpass(?:es)?|be exceeding|is exceeding)\s/, '>'],
  [/^(?:fall|falls|drop|drops|go|goes|sink|sinks|become|becomes) (?:below|under|lower than|less than)\s/, '<'],
  [/^(?:equals?|match(?:es)?)\s/, '=='],
  [
    /^(?:comes?|lies?|starts?|ends?|happens?|takes? place|occurs?|falls?|be (?:placed|set|scheduled)) (?:after|later than)\s/,
    '>',
  ],
  [
    /^(?:comes?|lies?|starts?|ends?|happens?|takes? place|occurs?|falls?|be (?:placed|set|scheduled)) (?:before|earlier than)\s/,
    '<',
  ],
  [/^reach(?:es)?\s/, '>='],
];

/** A comparing verb at the beginning of the text ("exceed the capacity"). */
export const readComparingVerb = (
  text: string,
): { readonly operator: Comparison; readonly rest: string } | undefined => {
  for (const [pattern, operator] of VERBS) {
    const match = pattern.exec(`${text} `);
    if (match !== null) return { operator, rest: text.slice(match[0].length).trim() };
  }
  return undefined;
};

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** The comparison that is true when this one is false for two present values. */
export const opposite = (comparison: Comparison): Comparison => FLIPPED[comparison];

/** A quantity at the beginning of the text: `at most 5`, `no`, `more than three`, `2 to 4`, `only one`, `at least one`. */
interface Quantity {
  readonly operator: Comparison;
  readonly amount: string;
  readonly rest: string;
}
const AMOUNT = /^(\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred)\s/;

export const readQuantity = (text: string): Quantity | undefined => {
  const padded = `${text} `;
  if (/^(?:no|zero|not any|not a|not one)\s/.test(padded)) {
    return {
      operator: '==',
      amount: '0',
      rest: padded
        .replace(/^(?:no|zero|not any|not a|not one)\s/, '')
        .replace(/^(?:other|more)\s/, 'other ')
        .trim(),
    };
  }
  const exact = /^(?:only|exactly|(?:a|one) single|just)\s/.exec(padded);
  const after = exact === null ? padded : padded.slice(exact[0].length);
  const comparison = exact === null ? readComparison(padded.trim()) : { operator: '==' as const, rest: after.trim() };
  const rest = comparison === undefined ? padded : `${comparison.rest} `;
  const amount = AMOUNT.exec(rest);
  if (amount !== null) {
    return {
      operator: comparison?.operator ?? '==',
      amount: amount[1] ?? '1',
      rest: rest.slice(amount[0].length).trim(),
    };
  }
  if (exact !== null && exact[0].includes('single')) return { operator: '==', amount: '1', rest: after.trim() };
  return undefined;
};
