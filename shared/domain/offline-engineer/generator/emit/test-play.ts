/** Prints scenarios as the statements of a test: records given, a request made. */
import type { Design, ResourceDesign } from '../design.ts';
import { printInline } from '../literal.ts';
import { lineWidth, printList, propertyName, quote } from '../print.ts';
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

/**
 * Leaves out records that nothing is said of and that only one other record refers to: they are given along with it.
 */
const withoutObvious = (givens: readonly Given[], act: Act | undefined, extra: readonly string[]): readonly Given[] => {
  const mentions = [
    ...givens.flatMap(({ values }) => labelsIn(values)),
    ...(act && 'body' in act ? labelsIn(act.body) : []),
    ...(act && 'target' in act ? [act.target] : []),
    ...extra,
  ];
  const obvious = givens.find(({ label, values }) => {
    const isPlain = Object.keys(values).length === 0;
    const user = givens.find((given) => labelsIn(given.values).includes(label));
    return isPlain && user && mentions.filter((mention) => mention === label).length === 1;
  });
  if (!obvious) return givens;
  const rest = givens
    .filter((given) => given !== obvious)
    .map((given) => ({
      ...given,
      values: Object.fromEntries(
        Object.entries(given.values).filter(([, slot]) => !isGivenSlot(slot) || slot.given !== obvious.label),
      ),
    }));
  return withoutObvious(rest, act, extra);
};

/** The records that are given more than five times in the same way. */
const alikeGivens = (givens: readonly Given[]): readonly Given[] => {
  const groups = new Map<string, Given[]>();
  for (const given of givens) {
    const key = `${given.resource} ${JSON.stringify(given.values)}`;
    groups.set(key, [...(groups.get(key) ?? []), given]);
  }
  return [...groups.values()].find((group) => group.length > 5) ?? [];
};

/** Many records that are all alike. */
const printLoop = (design: Design, { resource, values }: Given, count: number, file: SourceFile): string => {
  const give = file.use(`give${design.resource(resource).pascal}`);
  const before = `      ${give}(database, `;
  const entries = printSlots(values);
  const argument =
    entries.length === 0 ? '' : `, ${printList(entries, ['{', '}'], { indent: 6, before, after: ');' })}`;
  return `    for (let number = 1; number <= ${count}; number += 1) {\n      ${give}(database${argument});\n    }\n`;
};

/** The statements that put the records in place. `extra` names records that the test speaks of afterwards. */
export const printGivens = (
  design: Design,
  all: readonly Given[],
  file: SourceFile,
  options: { readonly act?: Act; readonly extra?: readonly string[]; readonly indent?: number } = {},
): string => {
  const indent = options.indent ?? 4;
  const givens = withoutObvious(all, options.act, options.extra ?? []);
  const used = usedLabels(givens, options.act, options.extra ?? []);
  const many = givens.length > 5 ? alikeGivens(givens.filter(({ label }) => !used.has(label))) : [];
  const [first] = many;
  const rest = givens.filter((given) => !many.includes(given));
  const loop = first ? printLoop(design, first, many.length, file) : '';
  return `${rest
    .map(({ label, resource: name, values }) => {
      const give = file.use(`give${design.resource(name).pascal}`);
      const before = `${' '.repeat(indent)}${used.has(label) ? `const ${label} = ` : ''}`;
      const entries = printSlots(values);
      const overrides = `${before}${give}(database, `;
      const argument =
        entries.length === 0 ? [] : [printList(entries, ['{', '}'], { indent, before: overrides, after: ');' })];
      return `${before}${give}(${['database', ...argument].join(', ')});\n`;
    })
    .join('')}${loop}`;
};

/** What is sent, as an expression behind `before`. */
const printBody = (
  resource: ResourceDesign,
  act: Act,
  file: SourceFile,
  before: string,
  after: string,
): string | undefined => {
  if (act.kind === 'delete' || (act.kind === 'action' && Object.keys(act.body).length === 0)) return undefined;
  const entries = printSlots(act.body);
  const isNew = act.kind === 'create';
  const open = isNew ? `${file.use(`new${resource.pascal}Body`)}(` : '';
  if (isNew && entries.length === 0) return `${open})`;
  const close = isNew ? ')' : '';
  const list = printList(entries, ['{', '}'], { indent: 4, before: `${before}${open}`, after: `${close}${after}` });
  return `${open}${list}${close}`;
};

const actPath = (resource: ResourceDesign, act: Act): string => {
  if (act.kind === 'create') return quote(`/${resource.plural}`);
  if (act.kind === 'action') return `\`${act.action.path.replace(/:\w+/u, `\${${act.target}.id}`)}\``;
  return `\`/${resource.plural}/\${${act.target}.id}\``;
};

const methods = { create: 'POST', update: 'PATCH', delete: 'DELETE' } as const;

/** The statements that make the request and keep its answer in `reply`. A long body gets a name. */
export const printAct = (resource: ResourceDesign, act: Act, file: SourceFile): string => {
  const method = act.kind === 'action' ? act.action.method : methods[act.kind];
  const call = `    const reply = await ${file.use('call')}(answer, ${quote(method)}, ${actPath(resource, act)}`;
  const body = printBody(resource, act, file, `${call}, `, ');');
  if (body === undefined) return `${call});\n`;
  if (!body.includes('\n') && `${call}, ${body});`.length <= lineWidth) return `${call}, ${body});\n`;
  return `    const body = ${printBody(resource, act, file, '    const body = ', ';') ?? ''};\n${call}, body);\n`;
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
