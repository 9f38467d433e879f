/**
 * Finds the acceptance criteria of a specification: fenced blocks of Markdown marked `gherkin`, read by the parser of
 * Cucumber. What cannot be read is said with its line, and never guessed.
 */
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { readStep, type RawStep, type StepMode } from './read-step.ts';
import type { CriteriaFault, Scenario, ScenarioStep, SpecifiedBehaviour, SpecifiedCriterion } from './scenario.ts';
import { slugOf, uniqueNames } from './words.ts';

/** Bounds of what one specification may ask for. */
export const behaviourLimits = { scenarios: 200, stepsPerScenario: 60 } as const;

interface Block {
  readonly text: string;
  /** One-based line of the specification that is line 1 of the text. */
  readonly firstLine: number;
}

const opening = /^\s{0,3}(`{3,}|~{3,})\s*(?:gherkin|feature|cucumber)\b/i;

/** The fenced blocks; one that is never closed goes to the end. */
const findBlocks = (specification: string): readonly Block[] => {
  const lines = specification.split(/\r?\n/);
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const mark = opening.exec(lines[index] ?? '')?.[1];
    if (mark === undefined) continue;
    const start = index + 1;
    let end = start;
    while (end < lines.length && !(lines[end] ?? '').trim().startsWith(mark)) end += 1;
    blocks.push({ text: lines.slice(start, end).join('\n'), firstLine: start + 1 });
    index = end;
  }
  return blocks;
};

type Pickle = ReturnType<typeof compile>[number];

/** A block without `Feature:` is one. Other languages say in their first line which they are, and have their own word. */
const asFeature = (block: Block): Block =>
  /^\s*(?:Feature:|#\s*language:)/m.test(block.text)
    ? block
    : { text: `Feature: criteria\n${block.text}`, firstLine: block.firstLine - 1 };

const errorsOf = (error: unknown): readonly { readonly message: string; readonly line: number }[] => {
  if (!(error instanceof Error)) return [{ message: String(error), line: 1 }];
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  return inner.map((each: unknown) => {
    const message = each instanceof Error ? each.message.replace(/^\(\d+:\d+\): /, '') : String(each);
    const line = /^\((\d+):\d+\)/.exec(each instanceof Error ? each.message : '')?.[1];
    return { message, line: Number(line ?? 1) };
  });
};

const parseBlock = (
  block: Block,
): { readonly pickles: readonly Pickle[]; readonly lines: ReadonlyMap<string, number> } | readonly CriteriaFault[] => {
  let count = 0;
  const newId = (): string => String((count += 1));
  try {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());
    const document = parser.parse(block.text);
    const lines = new Map<string, number>();
    for (const child of document.feature?.children ?? []) {
      const scenarios = child.rule === undefined ? [child] : child.rule.children;
      for (const { scenario } of scenarios) if (scenario !== undefined) lines.set(scenario.id, scenario.location.line);
    }
    return { pickles: compile(document, '', newId), lines };
  } catch (error) {
    return errorsOf(error).map(({ message, line }) => ({ line: block.firstLine + line - 1, reason: message }));
  }
};

const modes: Readonly<Record<string, StepMode>> = { Context: 'given', Action: 'when', Outcome: 'then' };

const toRaw = ({ text, type, argument }: Pickle['steps'][number], before: StepMode): RawStep => ({
  text,
  mode: modes[type ?? ''] ?? before,
  ...(argument?.docString === undefined ? {} : { docString: argument.docString.content }),
  ...(argument?.dataTable === undefined
    ? {}
    : { table: argument.dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) }),
});

/** The steps of a scenario, or why the platform cannot try it. */
const readSteps = (pickle: Pickle): { readonly steps: readonly ScenarioStep[]; readonly unreadable?: string } => {
  const { stepsPerScenario } = behaviourLimits;
  if (pickle.steps.length > stepsPerScenario)
    return { steps: [], unreadable: `it has more than ${stepsPerScenario} steps` };
  const steps: ScenarioStep[] = [];
  let mode: StepMode = 'given';
  let hasRequest = false;
  let hasOutcome = false;
  for (const step of pickle.steps) {
    const raw = toRaw(step, mode);
    ({ mode } = raw);
    const action = readStep(raw);
    if (!action.ok) return { steps: [], unreadable: `a step is not understood: ${action.error}` };
    if (mode === 'then' && !hasRequest) return { steps: [], unreadable: 'it expects something before it asks' };
    hasRequest ||= action.value.kind === 'request';
    hasOutcome ||= mode === 'then';
    steps.push({ text: step.text, action: action.value });
  }
  return hasOutcome ? { steps } : { steps: [], unreadable: 'it has no step that begins with Then' };
};

const idOf = (pickle: Pickle, title: string): string =>
  pickle.tags.map(({ name }) => name.slice(1)).find((name) => /^[A-Za-z][\w.-]{0,59}$/.test(name) && /\d/.test(name)) ??
  slugOf(title);

/** The criteria of a specification with the scenarios that try them. A specification without any has none. */
export const readBehaviour = (specification: string): SpecifiedBehaviour => {
  const criteria: SpecifiedCriterion[] = [];
  const scenarios: Scenario[] = [];
  const faults: CriteriaFault[] = [];
  const unique = uniqueNames();
  for (const block of findBlocks(specification).map(asFeature)) {
    const parsed = parseBlock(block);
    if (!('pickles' in parsed)) {
      faults.push(...parsed);
      continue;
    }
    const groups = Map.groupBy(parsed.pickles, ({ astNodeIds }) => astNodeIds[0] ?? '');
    for (const [node, rows] of groups) {
      const [first] = rows;
      if (first === undefined) continue;
      const line = block.firstLine + (parsed.lines.get(node) ?? 1) - 1;
      if (scenarios.length + rows.length > behaviourLimits.scenarios) {
        faults.push({
          line,
          reason: `there are more than ${behaviourLimits.scenarios} scenarios; the rest is not tried`,
        });
        return { criteria, scenarios, faults };
      }
      const criterionId = unique(idOf(first, first.name));
      const read = rows.map((row) => ({ title: row.name, ...readSteps(row) }));
      const unreadable = read.find((row) => row.unreadable !== undefined)?.unreadable;
      const title = first.name === '' ? criterionId : first.name;
      criteria.push({ criterionId, title, line, ...(unreadable === undefined ? {} : { unreadable }) });
      if (unreadable !== undefined) continue;
      for (const [index, row] of read.entries()) {
        const checkId = index === 0 ? criterionId : `${criterionId}#${index + 1}`;
        scenarios.push({ checkId, criterionId, title: row.title, steps: row.steps });
      }
    }
  }
  return { criteria, scenarios, faults };
};
