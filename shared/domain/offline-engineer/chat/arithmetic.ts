/** Sums, products, powers and brackets of decimal numbers: what a program can work out without understanding anything. */

const longestFormula = 200;
const deepest = 32;

type Operator = '+' | '-' | '*' | '/' | '%' | '^';

const strengths: Readonly<Record<Operator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 3 };

const isOperator = (text: string | undefined): text is Operator => text !== undefined && Object.hasOwn(strengths, text);

const apply = (operator: Operator, left: number, right: number): number => {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
  }
};

class Parser {
  readonly #tokens: readonly string[];
  #place = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#place === this.#tokens.length;
  }

  /** Operators of at least this strength; powers are taken from the right. */
  expression(strength: number, depth: number): number | undefined {
    let left = this.#operand(depth);
    for (;;) {
      const operator = this.#tokens[this.#place];
      if (left === undefined || !isOperator(operator) || strengths[operator] < strength) return left;
      this.#place += 1;
      const right = this.expression(strengths[operator] + (operator === '^' ? 0 : 1), depth + 1);
      left = right === undefined ? undefined : apply(operator, left, right);
    }
  }

  #operand(depth: number): number | undefined {
    const token = this.#tokens[this.#place];
    if (token === undefined || depth > deepest) return undefined;
    this.#place += 1;
    if (token === '-') {
      const value = this.expression(strengths['*'] + 1, depth + 1);
      return value === undefined ? undefined : -value;
    }
    if (token !== '(') return /^\d/.test(token) ? Number(token) : undefined;
    const inside = this.expression(1, depth + 1);
    const isClosed = this.#tokens[this.#place] === ')';
    this.#place += 1;
    return isClosed ? inside : undefined;
  }
}

/** The value of a formula to twelve digits; undefined for what is none, has no operator, or has no finite value. */
export const calculate = (formula: string): number | undefined => {
  const plain = formula
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replaceAll('**', '^')
    .replaceAll(/(?<=\d),(?=\d{3}\b)/g, '');
  if (plain.length > longestFormula || !/[-+*/%^]/.test(plain)) return undefined;
  const tokens = plain.match(/\d+(?:\.\d+)?|[-+*/%^()]|\S/g) ?? [];
  const parser = new Parser(tokens);
  const value = parser.expression(1, 0);
  return value === undefined || !parser.isAtEnd || !Number.isFinite(value) ? undefined : Number(value.toPrecision(12));
};
