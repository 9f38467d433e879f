/** The tokens of a script, from the scanner: regular expressions and templates are told apart by what stands before. */
import type { SyntaxKind } from 'typescript6';
import { TokenCollector } from '../../../../shared/domain/code/tokens.ts';
import type { TypeScript } from '../../check/typescript.ts';

export interface ScriptTokens {
  readonly collector: TokenCollector;
  readonly linesWithCode: ReadonlySet<number>;
}

/** `lineAt` gives the line, from 1, of an offset. */
export const readTokens = (
  ts: TypeScript,
  text: string,
  isJsx: boolean,
  lineAt: (offset: number) => number,
): ScriptTokens => {
  const { SyntaxKind } = ts;
  const scanner = ts.createScanner(
    ts.ScriptTarget.ESNext,
    true,
    isJsx ? ts.LanguageVariant.JSX : ts.LanguageVariant.Standard,
    text,
  );
  const collector = new TokenCollector();
  const linesWithCode = new Set<number>();
  /** For each open template or brace, whether its end goes on with a template. */
  const open: boolean[] = [];
  let previous: SyntaxKind = SyntaxKind.Unknown;
  // Looked up once: the compiler's tables are too large for quick access.
  const { SlashToken, SlashEqualsToken, OpenBraceToken, TemplateHead, CloseBraceToken, TemplateMiddle } = SyntaxKind;
  const { EndOfFileToken, LastTemplateToken } = SyntaxKind;
  for (let token = scanner.scan(); token !== EndOfFileToken; token = scanner.scan()) {
    if ((token === SlashToken || token === SlashEqualsToken) && startsExpression(ts, previous))
      token = scanner.reScanSlashToken();
    if (token === OpenBraceToken) open.push(false);
    if (token === TemplateHead) open.push(true);
    if (token === CloseBraceToken && open.pop() === true) {
      token = scanner.reScanTemplateToken(false);
      if (token === TemplateMiddle) open.push(true);
    }
    const start = scanner.getTokenStart();
    const first = lineAt(start);
    collector.add(scanner.getTokenText(), first);
    const end = scanner.getTokenEnd();
    linesWithCode.add(first);
    // Only strings and templates go over several lines.
    if (end - start > 1 && token <= LastTemplateToken) {
      const last = lineAt(Math.max(start, end - 1));
      for (let line = first + 1; line <= last; line += 1) linesWithCode.add(line);
    }
    previous = token;
  }
  return { collector, linesWithCode };
};

/** After these a slash divides; everywhere else it begins a regular expression. */
const startsExpression = (ts: TypeScript, previous: SyntaxKind): boolean => {
  const { SyntaxKind } = ts;
  if (previous === SyntaxKind.Identifier || previous === SyntaxKind.PrivateIdentifier) return false;
  if (previous >= SyntaxKind.FirstLiteralToken && previous <= SyntaxKind.LastLiteralToken) return false;
  const ends: readonly SyntaxKind[] = [
    SyntaxKind.CloseParenToken,
    SyntaxKind.CloseBracketToken,
    SyntaxKind.CloseBraceToken,
    SyntaxKind.TemplateTail,
    SyntaxKind.NoSubstitutionTemplateLiteral,
    SyntaxKind.ThisKeyword,
    SyntaxKind.SuperKeyword,
    SyntaxKind.NullKeyword,
    SyntaxKind.TrueKeyword,
    SyntaxKind.FalseKeyword,
    SyntaxKind.PlusPlusToken,
    SyntaxKind.MinusMinusToken,
  ];
  return !ends.includes(previous);
};
