/**
 * Comments that take mutants out, in the form that StrykerJS reads: `// Stryker disable next-line StringLiteral: reason`,
 * `// Stryker disable all`, `// Stryker restore all`. Later comments prevail.
 */
import type { SourceComment } from '../source-tree.ts';

const pattern = /^\s?Stryker (disable|restore)(?: (next-line))? ([a-zA-Z, ]+)(?::(.+)?)?/;

interface Directive {
  readonly from: number;
  readonly isRestore: boolean;
  /** One-based; undefined for all lines that follow. */
  readonly line: number | undefined;
  readonly mutators: ReadonlySet<string>;
  readonly reason: string;
}

/** Why a mutant is taken out, or undefined when it is not. */
export type IgnoreReason = (mutator: string, offset: number, line: number) => string | undefined;

export function ignoredBy(text: string, comments: readonly SourceComment[]): IgnoreReason {
  const directives = comments.flatMap((comment) => directiveOf(text, comment));
  return (mutator, offset, line) => {
    const last = directives.findLast(
      (directive) =>
        directive.from <= offset &&
        (directive.line === undefined || directive.line === line) &&
        (directive.mutators.has('all') || directive.mutators.has(mutator.toLowerCase())),
    );
    return last === undefined || last.isRestore ? undefined : last.reason;
  };
}

function directiveOf(text: string, comment: SourceComment): readonly Directive[] {
  const match = pattern.exec(comment.text);
  if (match === null) return [];
  const [, kind, scope, mutators = '', reason] = match;
  return [
    {
      from: comment.end,
      isRestore: kind === 'restore',
      line: scope === undefined ? undefined : lineOfNextCode(text, comment),
      mutators: new Set(mutators.split(',').map((name) => name.trim().toLowerCase())),
      reason: (reason ?? 'ignored by a comment').trim(),
    },
  ];
}

/** The line on which code goes on after a comment, with blank lines and further comments passed over. */
function lineOfNextCode(text: string, { end, endLine }: SourceComment): number {
  const gap = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text.slice(end, end + 10_000))?.[0] ?? '';
  return endLine + gap.split(/\r\n|[\n\r\u2028\u2029]/).length - 1;
}
