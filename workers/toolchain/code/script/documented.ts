/**
 * Whether a declaration of a script is explained to its readers. Seen from the comments in front of it alone, so that a
 * file can be parsed without its comments, which is quicker.
 */
import type { CommentRange, Expression, Node, SourceFile } from 'typescript6';
import type { TypeScript } from '../../check/typescript.ts';

/** One of the places where a declaration is explained is, or the value it is set to. */
export const isExplained = (
  ts: TypeScript,
  file: SourceFile,
  places: readonly Node[],
  value: Expression | undefined,
): boolean =>
  places.some((place) => isDocumented(ts, file, place)) || (value !== undefined && isValueDocumented(ts, file, value));

/** A comment of the form that documents, with some text in it apart from the names of tags, is the nearest of its form. */
const isDocumented = (ts: TypeScript, file: SourceFile, node: Node): boolean => {
  const comment = documentingComment(ts, file, node);
  return comment !== undefined && (quickText.test(comment) || anyText.test(comment.replaceAll(/@\w+/g, '')));
};

/** Most comments have a word behind a space, which is no tag. */
const quickText = /[\s*][\p{L}\p{N}]/u;
const anyText = /[\p{L}\p{N}]/u;

/** The same for what a declaration is set to: `= /** … *\/ () => …`. A cast says nothing to readers. */
const isValueDocumented = (ts: TypeScript, file: SourceFile, value: Expression): boolean => {
  if (ts.isParenthesizedExpression(value)) {
    const comment = documentingComment(ts, file, value);
    return comment !== undefined && !/@(?:type|satisfies)\b/.test(comment) && isDocumented(ts, file, value);
  }
  const isNamed = ts.isFunctionExpression(value) || ts.isArrowFunction(value) || ts.isClassExpression(value);
  return isNamed && isDocumented(ts, file, value);
};

const documentingComment = (ts: TypeScript, file: SourceFile, node: Node): string | undefined => {
  const { text } = file;
  const documents = ({ pos, end }: CommentRange): boolean =>
    end <= node.end && text.startsWith('/**', pos) && text.charAt(pos + 3) !== '/';
  const leading = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  // A comment that stands behind a comma or an equals sign on its line belongs to what follows.
  const trailing = mayFollowOnLine(ts, node) ? (ts.getTrailingCommentRanges(text, node.pos) ?? []) : [];
  const last = leading.findLast(documents) ?? trailing.findLast(documents);
  return last === undefined ? undefined : text.slice(last.pos, last.end);
};

const mayFollowOnLine = (ts: TypeScript, node: Node): boolean =>
  ts.isVariableDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isParenthesizedExpression(node);
