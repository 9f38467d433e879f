/** Prints scenarios as the statements of a test: records given, a request made. */
import type { Design, ResourceDesign } from '../design.ts';
import { printInline } from '../literal.ts';
import { printCall, printList, propertyName, quote } from '../print.ts';
import type { Play } from '../scenario/build.ts';
import { isGivenSlot } from '../scenario/scenario.ts';
import type { Act, Given, Slot, Slots } from '../scenario/scenario.ts';
import type { SourceFile } from '../source-file.ts';

const printSlot = (slot: Slot): string => (isGivenSlot(slot) ? `${slot.given}.id` : printInline(slot));

/** Slots as the entries of an object literal. */
export const printSlots = (slots: Slots): readonly string[] =>
  Object.entries(slots).map(([name, slot]) => `${propertyName(name)}: ${printSlot(slot)}`);

const labelsIn = (slots: Slots): readonly string[] =>
  Object.values(slots).flatMap((slot) => (isGivenSlot(slot) ? [slot.given] : []));

const usedLabels = (givens: readonly Given[], act: Act | undefined, extra: readonly string[]): ReadonlySet<string> =>
  new Set([
    ...givens.flatMap(({ values }) => labelsIn(values)),
    ...(act && 'body' in act ? labelsIn(act.body) : []),
    ...(act && 'target' in act ? [act.target] : []),
    ...extra,
  ]);

/** The statements that put the records in place. `extra` names records that the test speaks of afterwards. */
export const printGivens = (
  design: Design,
  givens: readonly Given[],
  file: SourceFile,
  options: { readonly act?: Act; readonly extra?: readonly string[]; readonly indent?: number } = {},
): string => {
  const indent = options.indent ?? 4;
  const used = usedLabels(givens, options.act, options.extra ?? []);
  return givens
    .map(({ label, resource: name, values }) => {
      const give = file.use(`give${design.resource(name).pascal}`);
      const before = `${' '.repeat(indent)}${used.has(label) ? `const ${label} = ` : ''}`;
      const entries = printSlots(values);
      const overrides = `${before}${give}(database, `;
      const argument = entries.length === 0 ? [] : [printList(entries, ['{', '}'], { indent, before: overrides, after: ');' })];
      return `${before}${give}(${['database', ...argument].join(', ')});\n`;
    })
    .join('');
};

const printBody = (resource: ResourceDesign, act: Act, file: SourceFile, before: string, indent: number): string | undefined => {
  if (act.kind === 'delete') return undefined;
  if (act.kind === 'action' && Object.keys(act.body).length === 0) return undefined;
  const entries = printSlots(act.body);
  if (act.kind !== 'create') return printList(entries, ['{', '}'], { indent, before, after: ');' });
  const name = `${file.use(`new${resource.pascal}Body`)}(`;
  const sent = entries.length === 0 ? '' : printList(entries, ['{', '}'], { indent, before: `${before}${name}`, after: '));' });
  return `${name}${sent})`;
};

const actPath = (resource: ResourceDesign, act: Act): string => {
  if (act.kind === 'create') return quote(`/${resource.plural}`);
  if (act.kind === 'action') return `\`${act.action.path.replace(/:\w+/u, `\${${act.target}.id}`)}\``;
  return `\`/${resource.plural}/\${${act.target}.id}\``;
};

const methods = { create: 'POST', update: 'PATCH', delete: 'DELETE' } as const;

/** The statement that makes the request and keeps its answer in `reply`. */
export const printAct = (resource: ResourceDesign, act: Act, file: SourceFile, options: { readonly name?: string; readonly indent?: number } = {}): string => {
  const { name = 'reply', indent = 4 } = options;
  const method = act.kind === 'action' ? act.action.method : methods[act.kind];
  const before = `${' '.repeat(indent)}const ${name} = await `;
  const parts = ['answer', quote(method), actPath(resource, act)];
  const start = `${before}${file.use('call')}(${parts.join(', ')}, `;
  const body = printBody(resource, act, file, start, indent);
  if (body?.includes('\n') === true) return `${start}${body});\n`;
  const all = body === undefined ? parts : [...parts, body];
  return `${before}${printCall('call', all, before, indent)};\n`;
};

/** Records given and request made. */
export const printPlay = (
  design: Design,
  resource: ResourceDesign,
  play: Play,
  file: SourceFile,
  extra: readonly string[] = [],
): string => {
  const { givens, act } = play.scenario;
  return `${printGivens(design, givens, file, { act, extra })}${printAct(resource, act, file)}`;
};

/** The label of the record with this id. */
export const labelOf = (play: Play, id: string): string | undefined =>
  [...play.ids].find(([, known]) => known === id)?.[0];

/** A value in an assertion: an id of a given record by its variable. */
export const printExpected = (play: Play, value: unknown): string => {
  const label = typeof value === 'string' ? labelOf(play, value) : undefined;
  return label === undefined ? printInline(value) : `${label}.id`;
};
