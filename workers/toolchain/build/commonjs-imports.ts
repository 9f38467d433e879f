/**
 * Imports of CommonJS files by names that cannot be read off their text. Which names such a file exports is known only
 * when it has run: these imports then take them from what it left in `module.exports`, as bundlers do.
 */
import type { ImportDeclaration, ImportSpecifier } from 'acorn';
import type { MagicString } from 'magic-string';

/** Name under which the module of a CommonJS file offers all that it exports. */
export const allExports = '__allExports';

/** Rewrites one import of a CommonJS file that offers `known` names; no line is moved. */
export function importAllOf(text: MagicString, node: ImportDeclaration, known: ReadonlySet<string>): void {
  const { specifiers, source } = node;
  const nameOf = ({ imported }: ImportSpecifier): string =>
    imported.type === 'Identifier' ? imported.name : String(imported.value);
  const isUnknown = (each: ImportDeclaration['specifiers'][number]): boolean =>
    each.type === 'ImportNamespaceSpecifier' ||
    (each.type === 'ImportSpecifier' && nameOf(each) !== 'default' && !known.has(nameOf(each)));
  if (!specifiers.some(isUnknown)) return;
  const whole = `__all${String(node.start)}`;
  const kept: string[] = [`${allExports} as ${whole}`];
  const taken: string[] = [];
  for (const each of specifiers) {
    const local = each.local.name;
    if (each.type === 'ImportNamespaceSpecifier') kept.push(`${allExports} as ${local}`);
    else if (each.type === 'ImportDefaultSpecifier') kept.push(`default as ${local}`);
    else if (isUnknown(each)) taken.push(`${JSON.stringify(nameOf(each))}: ${local}`);
    else kept.push(`${nameOf(each)} as ${local}`);
  }
  const lines = '\n'.repeat(text.original.slice(node.start, source.start).split('\n').length - 1);
  text.overwrite(node.start, source.start, `import { ${kept.join(', ')} } from ${lines}`);
  if (taken.length > 0) text.appendLeft(node.end, ` var { ${taken.join(', ')} } = ${whole};`);
}
