/**
 * Everywhere a name must change together. The compiler stops a renaming at imports (`import { new as old }`) so that it
 * stays right in one file; here it goes on through imports and re-exports of that name to all files. Short forms such
 * as `{ name }` keep what they mean by being written out.
 */
import type { Node, SourceFile, TextSpan } from 'typescript6';
import type { TypeScript } from '../../check/typescript.ts';
import type { ServiceSession } from './session.ts';

export interface RenamePlace {
  readonly fileName: string;
  readonly textSpan: TextSpan;
  readonly prefix: string;
  readonly suffix: string;
}

/** In no particular order; none twice. */
export const renamePlaces = (session: ServiceSession, fileName: string, offset: number): readonly RenamePlace[] => {
  const places = new Map<string, RenamePlace>();
  const asked = new Set<string>();
  const waiting: { readonly fileName: string; readonly offset: number }[] = [{ fileName, offset }];
  for (const { fileName: file, textSpan } of session.service.getDefinitionAtPosition(fileName, offset) ?? [])
    waiting.push({ fileName: file, offset: textSpan.start });
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    const found = session.service.findRenameLocations(start.fileName, start.offset, false, false, {
      providePrefixAndSuffixTextForRename: true,
    });
    for (const { fileName: file, textSpan, prefixText = '', suffixText = '' } of found ?? []) {
      const key = `${file} ${textSpan.start}`;
      const isSpecifier = isPlainSpecifier(
        session.ts,
        session.service.getProgram()?.getSourceFile(file),
        textSpan.start,
      );
      const place = { fileName: file, textSpan, prefix: prefixText, suffix: suffixText };
      places.set(key, isSpecifier ? { ...place, prefix: '', suffix: '' } : place);
      if (!isSpecifier || asked.has(key)) continue;
      asked.add(key);
      waiting.push({ fileName: file, offset: textSpan.start });
    }
  }
  return [...places.values()];
};

/** In `import { name }` or `export { name }`, without `as`. */
const isPlainSpecifier = (ts: TypeScript, file: SourceFile | undefined, offset: number): boolean => {
  let found = false;
  const visit = (node: Node): void => {
    if (node.pos > offset || node.end <= offset) return;
    if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) found = node.propertyName === undefined;
    ts.forEachChild(node, visit);
  };
  if (file !== undefined) visit(file);
  return found;
};
