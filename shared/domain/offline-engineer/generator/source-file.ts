/** One generated module in the making: text is added, names are used, and the imports follow. */
import { breakLine } from './break-line.ts';
import { printList } from './print.ts';
import type { SymbolSource, SymbolTable } from './symbols.ts';

export interface SourceFile {
  readonly path: string;
  /** Notes that the module needs a shared name, and returns it. */
  readonly use: (name: string) => string;
  /** Makes a name known that only a few modules share. */
  readonly know: (name: string, source: SymbolSource) => string;
  /** Imports a name from outside the repository. */
  readonly useFrom: (module: string, ...names: readonly string[]) => void;
  /** Adds a top-level piece; pieces are separated by an empty line. */
  readonly add: (...pieces: readonly string[]) => void;
  readonly print: () => string;
}

const relativePath = (from: string, to: string): string => {
  const fromParts = from.split('/').slice(0, -1);
  const toParts = to.split('/');
  let shared = 0;
  while (shared < fromParts.length && fromParts[shared] === toParts[shared]) shared += 1;
  const up = fromParts.slice(shared).map(() => '..');
  const down = toParts.slice(shared).join('/');
  return up.length === 0 ? `./${down}` : `${up.join('/')}/${down}`;
};

const printImport = (names: ReadonlySet<string>, module: string, isType: boolean): string => {
  const keyword = isType ? 'import type ' : 'import ';
  const from = ` from '${module}';`;
  const sorted = [...names].sort();
  const clause = printList(sorted, ['{', '}'], { indent: 0, before: keyword, after: from });
  return `${keyword}${names.has('default assert') ? 'assert' : clause}${from}\n`;
};

const distance = (module: string): number => (module.startsWith('.') ? module.split('../').length * -1 : -100);

const byDistance = (left: string, right: string): number =>
  distance(left) - distance(right) || (left < right ? -1 : Number(left > right));

/** Starts a module; `header` is the comment it opens with. */
export const createSourceFile = (path: string, symbols: SymbolTable, header: string): SourceFile => {
  const values = new Map<string, Set<string>>();
  const types = new Map<string, Set<string>>();
  const pieces: string[] = [];
  const own = new Map<string, SymbolSource>();

  const note = (table: Map<string, Set<string>>, module: string, name: string): void => {
    table.set(module, (table.get(module) ?? new Set()).add(name));
  };

  const use = (name: string): string => {
    const source = own.get(name) ?? symbols.get(name);
    if (!source) throw new Error(`${path} uses ${name}, which no module offers.`);
    if (source.module !== path) note(source.isType ? types : values, relativePath(path, source.module), name);
    return name;
  };

  const printImports = (): string => {
    const modules = [...new Set([...values.keys(), ...types.keys()])].sort(byDistance);
    return modules
      .map((module) => {
        const [fromValues, fromTypes] = [values.get(module), types.get(module)];
        return `${fromValues ? printImport(fromValues, module, false) : ''}${fromTypes ? printImport(fromTypes, module, true) : ''}`;
      })
      .join('');
  };

  return {
    path,
    use,
    know: (name, source) => {
      own.set(name, source);
      return use(name);
    },
    useFrom: (module, ...names) => {
      for (const name of names) note(values, module, name);
    },
    add: (...added) => {
      pieces.push(...added.map((piece) => piece.trimEnd()).filter((piece) => piece !== ''));
    },
    print: () => {
      const imports = printImports();
      const gap = imports === '' || pieces.length === 0 ? '' : '\n';
      const text = pieces.map((piece) => `${piece.split('\n').map(breakLine).join('\n')}\n`).join('\n');
      const closed = text.replaceAll(/\{\n+\}/gu, '{}').replaceAll(/\[\n+\]/gu, '[]');
      return `${header}${imports}${gap}${closed}`;
    },
  };
};
