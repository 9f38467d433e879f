/** How commands answer: one JSON document with `--json`, otherwise text for a person. */
import type { CommandFailure, ExitCode } from '../exit-codes.ts';
import { clean } from '../../shared/domain/progress/style.ts';

/** Prints the document, or the text that `describe` makes of it. */
export const answer = <Document>(json: boolean, document: Document, describe: (document: Document) => string): void => {
  console.log(json ? JSON.stringify(document) : describe(document));
};

/** Columns of text, as wide as their widest cell; the last one is not padded. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = [heads, ...rows].map((row) => row.map(clean));
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
};

/** Local date and time, to the second. */
export const dateText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

/** Says what went wrong and answers the exit code for it. */
export const reportFailure = (failure: CommandFailure, json: boolean): ExitCode => {
  if (json) {
    console.log(JSON.stringify({ type: 'error', code: failure.code, detail: failure.message, errors: failure.issues }));
  } else {
    console.error(`aidevos: ${failure.message}`);
    const told = failure.issues.filter(({ reason }) => !failure.message.includes(reason));
    for (const { field, reason } of told) console.error(`  ${field}: ${reason}`);
  }
  return failure.exitCode;
};
