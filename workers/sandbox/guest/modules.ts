/** The modules of this folder as JavaScript text for the Worker Loader, made once per isolate of the sandbox Worker. */
// With `?raw` a file's default export is its text, which the linter cannot know.
/* oxlint-disable import/default, import/no-named-as-default */
import { createHash } from 'node:crypto';
import { transform } from 'sucrase';
import cloudflareWorkers from './cloudflare-workers.ts?raw';
import appMain from './app-main.ts?raw';
import assertionError from './assertion-error.ts?raw';
import asymmetric from './asymmetric.ts?raw';
import attempt from './attempt.ts?raw';
import consoleCapture from './console-capture.ts?raw';
import databaseSnapshot from './database-snapshot.ts?raw';
import databaseStorage from './database-storage.ts?raw';
import describeValue from './describe-value.ts?raw';
import equality from './equality.ts?raw';
import expect from './expect.ts?raw';
import fuel from './fuel.ts?raw';
import { capturedGlobals } from './captured-globals.ts';
import matchers from './matchers.ts?raw';
import measure from './measure.ts?raw';
import mockFunction from './mock-function.ts?raw';
import { reservedFolder } from './module-names.ts';
import nodeSqlite from './node-sqlite.ts?raw';
import nodeTest from './node-test.ts?raw';
import primordials from './primordials.ts?raw';
import reportText from './report-text.ts?raw';
import runSuite from './run-suite.ts?raw';
import sourcePlace from './source-place.ts?raw';
import sqlText from './sql-text.ts?raw';
import sqliteError from './sqlite-error.ts?raw';
import sqliteValues from './sqlite-values.ts?raw';
import suite from './suite.ts?raw';
import testContext from './test-context.ts?raw';
import testMain from './test-main.ts?raw';
import vitest from './vitest.ts?raw';

const globalsModule = `${reservedFolder}globals.js`;
const globalsText = capturedGlobals.map((name) => `export const ${name} = globalThis.${name};`).join('\n');

/** For every isolate: what built code may import, whether it is used or not. */
const shared = {
  'assertion-error': assertionError,
  asymmetric,
  attempt,
  'cloudflare-workers': cloudflareWorkers,
  'console-capture': consoleCapture,
  'database-snapshot': databaseSnapshot,
  'database-storage': databaseStorage,
  'describe-value': describeValue,
  equality,
  expect,
  fuel,
  matchers,
  measure,
  'mock-function': mockFunction,
  'node-sqlite': nodeSqlite,
  'node-test': nodeTest,
  primordials,
  'source-place': sourcePlace,
  'sql-text': sqlText,
  'sqlite-error': sqliteError,
  'sqlite-values': sqliteValues,
  suite,
  vitest,
} as const;

const forTests = {
  ...shared,
  'report-text': reportText,
  'run-suite': runSuite,
  'test-context': testContext,
  'test-main': testMain,
};
const forApps = { ...shared, 'app-main': appMain };

/** Code by module name. */
type GuestModules = Readonly<Record<string, string>>;

let appRevision: string | undefined;
let testModules: GuestModules | undefined;
let appModules: GuestModules | undefined;

/** Name of the module that runs the tests. */
export const testMainModule = `${reservedFolder}test-main.js`;

export function testGuestModules(): GuestModules {
  testModules ??= compileAll(forTests);
  return testModules;
}

/** Changes whenever the modules that go into an app's isolate change. */
export function appGuestRevision(): string {
  appRevision ??= createHash('sha256').update(JSON.stringify(appGuestModules())).digest('hex').slice(0, 16);
  return appRevision;
}

export function appGuestModules(): GuestModules {
  appModules ??= compileAll(forApps);
  return appModules;
}

function compileAll(sources: Readonly<Record<string, string>>): GuestModules {
  const compiled = Object.entries(sources).map(([name, source]) => [`${reservedFolder}${name}.js`, compile(source)]);
  return Object.fromEntries([...compiled, [globalsModule, globalsText]]);
}

function compile(source: string): string {
  const { code } = transform(source, { transforms: ['typescript'], disableESTransforms: true });
  const head = `import { ${capturedGlobals.join(', ')} } from '/${globalsModule}';`;
  return head + code.replaceAll(/(from\s*)'\.\/([a-z-]+)\.ts'/g, `$1'/${reservedFolder}$2.js'`);
}
