/**
 * Whether an SQL statement only reads, as far as its words tell. Names within it that are words of changes count as
 * such unless they are quoted; a database that can enforce it does so itself besides.
 */

const changing =
  /\b(insert|update|delete|replace|merge|drop|alter|create|truncate|grant|revoke|pragma|attach|detach|vacuum|reindex|analyze|copy|call|do|set|lock|into|begin|commit|savepoint|release)\b/i;

/** Takes out what is no word of the statement: texts, quoted names, comments. */
const withoutQuoted = (statement: string): string =>
  statement.replaceAll(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$/g,
    ' ',
  );

/** One `SELECT`, or `WITH` and a `SELECT`, and nothing after it. */
export const onlyReads = (statement: string): boolean => {
  const words = withoutQuoted(statement).trim().replace(/;$/, '');
  return /^(select|with)\b/i.test(words) && !words.includes(';') && !changing.test(words);
};
