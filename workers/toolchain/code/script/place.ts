/** Places in a parsed script, as all answers tell them. */
import type { Node, SourceFile } from 'typescript6';
import type { Position, Span } from '../../../../shared/domain/code/facts.ts';

/** Offset to line and column, both from 1. */
export const positionAt = (file: SourceFile, offset: number): Position => {
  const { line, character } = file.getLineAndCharacterOfPosition(offset);
  return { line: line + 1, column: character + 1 };
};

/** Without the comments before it. */
export const spanOf = (file: SourceFile, node: Node): Span => ({
  start: positionAt(file, node.getStart(file)),
  end: positionAt(file, node.end),
});
