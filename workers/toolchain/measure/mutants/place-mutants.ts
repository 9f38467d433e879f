/**
 * Puts mutants into a source: one text that holds all of them, each behind a comparison with the number of the mutant
 * that is switched on, and a counter at each slot that says which tests come by.
 */
import { Insertions } from '../insertions.ts';
import { freeName, parseSource, walk, startOf } from '../source-tree.ts';
import { isStatementList } from '../positions.ts';
import type { FoundMutation } from './find-mutations.ts';
import type { Slot } from './mutation.ts';

export interface NumberedMutation {
  readonly id: number;
  readonly mutation: FoundMutation;
}

export interface PlacedMutants {
  readonly code: string;
  readonly names: { readonly hits: string; readonly active: string };
  /** Counter of each mutant, by its id. */
  readonly siteOf: ReadonlyMap<number, number>;
  readonly sites: number;
}

export function placeMutants(
  path: string,
  text: string,
  mutants: readonly NumberedMutation[],
  firstSite: number,
): PlacedMutants {
  const names = { hits: freeName(text, '__hits'), active: freeName(text, '__active') };
  const insertions = new Insertions();
  separateStatements(path, text, insertions);
  const siteOf = new Map<number, number>();
  const slots = groupBySlot(mutants);
  slots.forEach(({ slot, members }, index) => {
    const site = firstSite + index;
    for (const { id } of members) siteOf.set(id, site);
    fillSlot(slot, members, text, `${names.hits}[${String(site)}]++`, names.active, insertions);
  });
  return { code: insertions.print(text), names, siteOf, sites: slots.length };
}

/** A choice starts with a parenthesis, which would go on with a line before it that has no semicolon. */
function separateStatements(path: string, text: string, insertions: Insertions): void {
  const parsed = parseSource(path, text);
  if (!parsed.ok) return;
  walk(parsed.program, (place) => {
    if (place.node.type === 'ExpressionStatement' && isStatementList(place)) insertions.open(startOf(place.node), ';');
    return undefined;
  });
}

interface FilledSlot {
  readonly slot: Slot;
  readonly members: NumberedMutation[];
}

/** Slots with their mutants, the outer before the inner. */
function groupBySlot(mutants: readonly NumberedMutation[]): readonly FilledSlot[] {
  const slots = new Map<string, FilledSlot>();
  for (const mutant of mutants) {
    const { slot } = mutant.mutation;
    const key = `${slot.kind}:${String(slot.start)}:${String(slot.end)}:${String(slot.depth)}`;
    const known = slots.get(key);
    if (known === undefined) slots.set(key, { slot, members: [mutant] });
    else known.members.push(mutant);
  }
  return [...slots.values()].sort(
    ({ slot: a }, { slot: b }) => a.start - b.start || b.end - a.end || a.depth - b.depth,
  );
}

function fillSlot(
  slot: Slot,
  members: readonly NumberedMutation[],
  text: string,
  count: string,
  active: string,
  insertions: Insertions,
): void {
  const { start, end } = slot;
  const isOn = ({ id }: NumberedMutation): string => `${active}===${String(id)}`;
  switch (slot.kind) {
    case 'expression': {
      const choices = members.map((each) => `${isOn(each)}?(${choiceOf(each.mutation, text)}):`);
      insertions.enclose(start, end, `(${choices.join('')}(${count},`, '))');
      break;
    }
    case 'statements':
      insertions.enclose(start, end, `if(${members.map(isOn).join('||')}){}else{${count};`, '}');
      break;
    case 'condition':
      insertions.open(start, `((${members.map(isOn).join('||')})?false:(${count},true))`);
      break;
  }
}

/** The text of the slot with the mutant in it. */
function choiceOf({ choice, slot, start, end, replacement }: FoundMutation, text: string): string {
  return choice ?? text.slice(slot.start, start) + replacement + text.slice(end, slot.end);
}
