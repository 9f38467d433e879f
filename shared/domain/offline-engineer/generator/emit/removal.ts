/** Prints how a record is removed, and what happens to those that refer to it. */
import { removedWith } from '../cascades.ts';
import { referencesTo } from '../design.ts';
import { camelCase } from '../names.ts';
import { effectsOn } from '../occasions.ts';
import { docComment, member, printCall, propertyName, quote } from '../print.ts';
import { callRule, printForbids, requirePrevious, servicePath, store } from './service-parts.ts';
import type { Printer } from './service-parts.ts';

const printDependents = (printer: Printer): string => {
  const { design, resource, file } = printer;
  const children = removedWith(design, resource);
  return referencesTo(design, resource)
    .map(({ from, field, onDelete }) => {
      const stores = member('context.stores', from.store);
      const found = `${stores}.find({ ${propertyName(field.name)}: id })`;
      if (onDelete === 'restrict') {
        const call = printCall(
          file.use('refuseInUse'),
          [quote(resource.words), quote(from.pluralWords), found],
          '  ',
          2,
        );
        return { rank: 0, code: `  ${call};\n` };
      }
      const variable = camelCase(`dependent-${from.name}`);
      const head = `  for (const ${variable} of ${found}) `;
      if (onDelete === 'set_null') {
        const emptied = `{ ...${variable}, ${propertyName(field.name)}: null, updatedAt: context.now }`;
        return { rank: 2, code: `${head}{\n    ${stores}.put(${emptied});\n  }\n` };
      }
      const remove = `remove${from.pascal}`;
      if (children.includes(from)) file.know(remove, { module: servicePath(from), isType: false });
      const isPlain = !children.includes(from) && from.name !== resource.name;
      const action = isPlain ? `${stores}.delete(${variable}.id);` : `${remove}(context, ${variable}.id);`;
      const line = `${head}${action}\n`;
      return { rank: 2, code: line.length <= 121 ? line : `${head}{\n    ${action}\n  }\n` };
    })
    .sort((left, right) => left.rank - right.rank)
    .reduce((text, { rank, code }, index, all) => {
      const isFirstAfter = rank === 2 && all[index - 1]?.rank !== 2;
      return `${text}${isFirstAfter ? deletion(printer) : ''}${code}`;
    }, '');
};

const deletion = (printer: Printer): string => `  ${store(printer)}.delete(id);\n`;

/** The function that removes a record without writing yet, which others call as well. */
export const printRemove = (printer: Printer): string => {
  const { resource, file } = printer;
  const dependents = printDependents(printer);
  const variables = { previous: 'record' };
  const rest = [
    printForbids(printer, 'delete', variables),
    dependents,
    dependents.includes(deletion(printer)) ? '' : deletion(printer),
    ...effectsOn(resource, 'delete').map((rule) => `  ${callRule(printer, printer.rules.effect(rule), variables)};\n`),
  ].join('');
  const require = requirePrevious(printer, 'record');
  return [
    docComment(`Removes one ${resource.words} and what goes with it, without writing yet.`),
    `export const remove${resource.pascal} = (context: ${file.use('Context')}, id: string): void => {\n`,
    /\brecord\b/u.test(rest) ? require : require.replace('const record = ', ''),
    rest,
    '};',
  ].join('');
};

/** The function that removes a record for good. */
export const printDelete = ({ resource, file }: Printer): string =>
  `export const delete${resource.pascal} = (context: ${file.use('Context')}, id: string): void => {\n  remove${resource.pascal}(context, id);\n  context.commit();\n};`;
