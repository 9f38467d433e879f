/** Reads SQL text just far enough to find its statements and parameters, past strings, quoted names and comments. */

export interface SqlStatement {
  readonly text: string;
  /** The first six words in upper case without comments: `BEGIN`, `PRAGMA`, `CREATE TRIGGER`. */
  readonly head: string;
  /** One entry for each parameter number: the name with its prefix (`$id`), or undefined for `?`. */
  readonly parameters: readonly (string | undefined)[];
}

/** A quoted text, a comment, a parameter, a word, or one other character. */
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\?\d*|[:@$][A-Za-z_0-9]+|[A-Za-z_][A-Za-z_0-9$]*|[\s\S]/g;

interface Draft {
  text: string;
  words: string[];
  parameters: (string | undefined)[];
  /** Depth of `BEGIN … END` and `CASE … END` inside of a trigger. */
  depth: number;
}

const emptyDraft = (): Draft => ({ text: '', words: [], parameters: [], depth: 0 });

/** The statements of a text, without empty ones. */
export function splitStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let draft = emptyDraft();
  const finish = (): void => {
    if (draft.words.length > 0 || /[^\s;]/.test(withoutComments(draft.text))) {
      statements.push({ text: draft.text, head: draft.words.slice(0, 6).join(' '), parameters: draft.parameters });
    }
    draft = emptyDraft();
  };
  for (const [piece] of sql.matchAll(token)) {
    if (piece === ';' && draft.depth === 0) {
      finish();
      continue;
    }
    draft.text += piece;
    readPiece(draft, piece);
  }
  finish();
  return statements;
}

function withoutComments(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, '');
}

function readPiece(draft: Draft, piece: string): void {
  if (/^[A-Za-z_]/.test(piece)) readWord(draft, piece.toUpperCase());
  else if (piece.startsWith('?')) readNumbered(draft.parameters, piece);
  else if (/^[:@$]./.test(piece) && !draft.parameters.includes(piece)) draft.parameters.push(piece);
}

function readWord(draft: Draft, word: string): void {
  draft.words.push(word);
  const isTrigger = draft.words[0] === 'CREATE' && draft.words.slice(1, 3).includes('TRIGGER');
  if (!isTrigger) return;
  if (word === 'BEGIN' || word === 'CASE') draft.depth += 1;
  if (word === 'END') draft.depth -= 1;
}

/** `?` takes the next number, `?5` the number five. */
function readNumbered(parameters: (string | undefined)[], piece: string): void {
  const number = piece === '?' ? parameters.length + 1 : Number(piece.slice(1));
  if (number > 32_766) throw new RangeError(`The parameter ${piece} is out of range`);
  while (parameters.length < number) parameters.push(undefined);
}
