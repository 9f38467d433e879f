/** Prints `src/state/stores.ts` and `src/state/context.ts`: all tables together, and what one request works with. */
import type { Design } from '../design.ts';
import { docComment, propertyName } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';

const printStores = (design: Design, symbols: SymbolTable): SourceFile => {
  const header = docComment('All tables of the application, opened together for each request.');
  const file = createSourceFile('src/state/stores.ts', symbols, header);
  const { resources } = design;
  const isPersonal = design.model.access?.isPersonal === true;
  file.use('Database');
  const members = resources.map(
    (resource) => `  readonly ${propertyName(resource.store)}: ${file.use('Store')}<${file.use(resource.entity)}>;\n`,
  );
  const openers = resources.map(
    (resource) =>
      `  ${propertyName(resource.store)}: ${file.use('openStore')}(database, ${file.use(`${resource.camel}Table`)}${isPersonal ? ', owner' : ''}),\n`,
  );
  const preparations = resources.map(
    (resource) => `  ${file.use('prepareTable')}(database, ${resource.camel}Table);\n`,
  );
  file.add(
    `export interface Stores {\n${members.join('')}}`,
    `${docComment('Creates missing tables and columns. Runs each time the application starts.')}export const prepareTables = (database: Database): void => {\n${preparations.join('')}};`,
    `export const openStores = (database: Database${isPersonal ? ', owner: string | null = null' : ''}): Stores => ({\n${openers.join('')}});`,
    `${docComment('Writes everything that was held back.')}export const flushStores = (stores: Stores): void => {\n  for (const store of Object.values(stores)) store.flush();\n};`,
  );
  return file;
};

const contextSource = (isPersonal: boolean): string => `export interface Environment {
  readonly database: Database;
  readonly clock: Clock;
${isPersonal ? '  /** Whose records these are; absent: those of nobody. */\n  readonly owner?: string;\n' : ''}}

/** What one request works with: one point in time, and stores that hold its writes back until \`commit\`. */
export interface Context extends Moment {
  readonly stores: Stores;
  /** Writes all changes of the request. Call it once, after every rule has agreed. */
  readonly commit: () => void;
}

export const openContext = ({ database, clock${isPersonal ? ', owner' : ''} }: Environment): Context => {
  const stores = openStores(database${isPersonal ? ', owner ?? null' : ''});
  const commit = (): void => {
    flushStores(stores);
  };
  return { ...readMoment(clock), stores, commit };
};
`;

const printContext = (design: Design, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(
    'src/state/context.ts',
    symbols,
    docComment('The state and the time that a request sees.'),
  );
  for (const name of ['readMoment', 'Clock', 'Moment', 'Database', 'flushStores', 'openStores', 'Stores'])
    file.use(name);
  file.add(contextSource(design.model.access?.isPersonal === true));
  return file;
};

/** The two files. */
export const printStoreFiles = (design: Design, symbols: SymbolTable): readonly SourceFile[] => [
  printStores(design, symbols),
  printContext(design, symbols),
];
