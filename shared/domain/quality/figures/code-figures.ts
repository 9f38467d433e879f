/** Complexity, duplication, maintainability and documentation of a change, from what code intelligence knows. */
import { isTestPath } from '../../code/language.ts';
import type { Passage } from '../../code/duplication.ts';
import type { CodeQuestions, FileMetrics } from '../../../rpc/code.ts';
import type { Figures } from '../judge/gate.ts';
import type { ChangedLines } from './change.ts';

type Functions = CodeQuestions['functions']['answer']['functions'];
type Duplicates = CodeQuestions['duplication']['answer']['duplicates'];

export interface CodeAnswers {
  readonly functions: Functions;
  readonly duplicates: Duplicates;
  readonly metrics: readonly FileMetrics[];
  readonly cycles: readonly (readonly string[])[];
}

const touches = (lines: ReadonlySet<number> | undefined, from: number, to: number): boolean => {
  if (lines === undefined) return false;
  for (let line = from; line <= to; line += 1) if (lines.has(line)) return true;
  return false;
};

/** Changed lines that stand in a copy of something else, in either place. */
const duplicatedLines = (duplicates: Duplicates, change: ChangedLines): number => {
  const found = new Set<string>();
  const note = ({ path, startLine, endLine }: Passage): void => {
    const lines = change.get(path);
    for (let line = startLine; line <= endLine; line += 1) if (lines?.has(line) === true) found.add(`${path}:${line}`);
  };
  for (const { first, second } of duplicates) {
    if (isTestPath(first.path) || isTestPath(second.path)) continue;
    note(first);
    note(second);
  }
  return found.size;
};

/**
 * Of functions that a change touches the hardest to understand; of its lines in parsed source code the share that is a
 * copy; of the files it touches the lowest maintainability; and all cycles of imports that go through one of them.
 * Tests do not count.
 */
export const qualityFigures = (commit: string, answers: CodeAnswers, change: ChangedLines, since: string): Figures => {
  const functions = answers.functions
    .filter(({ path, span }) => !isTestPath(path) && touches(change.get(path), span.start.line, span.end.line))
    .toSorted((left, right) => right.cognitive - left.cognitive);
  const files = answers.metrics.filter(
    ({ path, depth }) => depth === 'parsed' && !isTestPath(path) && change.has(path),
  );
  const lines = files.reduce((sum, { path }) => sum + (change.get(path)?.size ?? 0), 0);
  const copied = duplicatedLines(answers.duplicates, change);
  const [hardest] = functions;
  const [worst] = files
    .flatMap(({ path, maintainability }) => (maintainability === undefined ? [] : [{ path, maintainability }]))
    .toSorted((left, right) => left.maintainability - right.maintainability);
  const cycles = answers.cycles.filter((cycle) => cycle.some((path) => change.has(path))).length;
  const duplication = lines === 0 ? 0 : Math.ceil((copied / lines) * 10_000) / 100;
  const complexity = hardest?.cognitive ?? 0;
  const maintainability = worst?.maintainability ?? 100;
  const at = hardest === undefined ? '' : ` (${hardest.path}:${hardest.span.start.line} ${hardest.name})`;
  return {
    kind: 'quality',
    commit,
    figures: { complexity, duplication, cycles, maintainability },
    summary: `cognitive complexity at most ${complexity}${at}, ${copied} of ${lines} changed lines are copies, ${cycles} cycles of imports, maintainability at least ${maintainability}${worst === undefined ? '' : ` (${worst.path})`}; ${since}`,
  };
};

type Documentation = CodeQuestions['documentation']['answer'];

const share = (count: number, total: number): number =>
  total === 0 ? 100 : Math.floor((count / total) * 10_000) / 100;

/** A path of an endpoint with its parameters left open: `/notes/:id` and `/notes/{noteId}` are the same. */
const openPath = (path: string): string =>
  path.replaceAll(/\{[^/{}]*\}|:[A-Za-z_]\w*|<[^/<>]*>/g, '{}').replace(/\/+$/, '');

/** Texts for people in which endpoints may be described. */
const isDocument = (path: string): boolean =>
  /(?:^|\/)(?:readme|api|openapi|swagger)[^/]*\.(?:md|markdown|adoc|rst|txt|json|ya?ml)$|^(?:docs?|spec)\/.*\.(?:md|markdown|adoc|rst|txt|json|ya?ml)$/i.test(
    path,
  );

/**
 * Of all exported declarations the share with a comment in front, of all endpoints the share whose path stands in a
 * document, and whether there is a README with some text. An endpoint of which only a longer path is written does not
 * count as described.
 */
export const documentationFigures = (
  commit: string,
  answer: Documentation,
  endpoints: readonly { readonly method: string; readonly path: string }[],
  files: Readonly<Record<string, string>>,
): Figures => {
  const texts = Object.entries(files).filter(([path]) => isDocument(path));
  const written = new Set(
    texts.flatMap(([, text]) =>
      (text.match(/\/[A-Za-z0-9_{}:<>/.-]*/g) ?? []).map((path) => openPath(path.replace(/[.:]+$/, ''))),
    ),
  );
  const paths = [...new Set(endpoints.map(({ path }) => path))];
  const missing = paths.filter((path) => !written.has(openPath(path)));
  const readme = texts.some(([path, text]) => /^readme(?:\.|$)/i.test(path) && text.trim().length > 40) ? 1 : 0;
  const documented = share(answer.documented, answer.total);
  const [first] = answer.undocumented;
  return {
    kind: 'documentation',
    commit,
    figures: { documented, endpoints: share(paths.length - missing.length, paths.length), readme },
    summary: [
      `${answer.documented} of ${answer.total} exported declarations have a comment`,
      ...(first === undefined ? [] : [`first without: ${first.path}:${first.line} ${first.name}`]),
      `${paths.length - missing.length} of ${paths.length} endpoint paths are described`,
      ...(missing[0] === undefined ? [] : [`first that is not: ${missing[0]}`]),
      readme === 1 ? 'there is a README' : 'there is no README',
      ...(answer.otherFiles === 0 ? [] : [`${answer.otherFiles} files of other languages were not looked at`]),
    ].join('; '),
  };
};
