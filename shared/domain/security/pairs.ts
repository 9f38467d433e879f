/**
 * Known-bad and fixed pieces of code in a compact text: `### <rule> [file]` begins a pair, `--- bad` and `--- good` begin
 * its pieces, of which there may be several. `@@` is left out: it keeps made-up secrets from looking like some.
 */
export interface Piece {
  readonly rule: string;
  readonly bad: boolean;
  readonly path: string;
  readonly code: string;
  /** Where it begins in the text, one-based. */
  readonly line: number;
}

export const readPairs = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let rule = '';
  let path = 'app.js';
  for (const [index, content] of text.split('\n').entries()) {
    const heading = /^### (\S+)(?: (\S+))?$/.exec(content);
    const piece = /^--- (bad|good)$/.exec(content);
    const last = pieces.at(-1);
    if (heading !== null) {
      rule = heading[1] ?? '';
      path = heading[2] ?? 'app.js';
    } else if (piece !== null) pieces.push({ rule, path, bad: piece[1] === 'bad', code: '', line: index + 2 });
    else if (last !== undefined && rule === last.rule)
      pieces[pieces.length - 1] = { ...last, code: `${last.code}${content}\n` };
  }
  return pieces.map((piece) => ({ ...piece, code: piece.code.replaceAll('@@', '') }));
};
