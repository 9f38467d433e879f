/** Comments that take code out of the coverage: `istanbul ignore next|if|else|file`, also under the names `c8` and `v8`. */
import type { Node } from '@babel/types';
import type { SourceComment } from '../source-tree.ts';

const hintPattern = /^\s*(?:istanbul|[cv]8)\s+ignore\s+(if|else|next)(?=\W|$)/;
const filePattern = /^\s*(?:istanbul|[cv]8)\s+ignore\s+file(?=\W|$)/;

type IgnoreHint = 'if' | 'else' | 'next';

/** The last hint right before a node. */
export function hintOf(node: Node | null | undefined): IgnoreHint | undefined {
  let hint: IgnoreHint | undefined;
  for (const comment of node?.leadingComments ?? []) {
    const found = hintPattern.exec(comment.value)?.[1];
    if (found === 'if' || found === 'else' || found === 'next') hint = found;
  }
  return hint;
}

/** True when the whole file is taken out. */
export function isFileIgnored(comments: readonly SourceComment[]): boolean {
  return comments.some(({ text }) => filePattern.test(text));
}
