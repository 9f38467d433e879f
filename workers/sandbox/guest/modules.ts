/** The modules of this folder as JavaScript text for the Worker Loader, made once per isolate of the sandbox Worker. */
// With `?raw` a file's default export is its text, which the linter cannot know.
/* oxlint-disable import/default, import/no-named-as-default */
import { createHash } from 'node:crypto';
import { transform } from 'sucrase';
import fakeTimers from '@sinonjs/fake-timers/src/fake-timers-src.js?raw';
import prettyFormat from '@vitest/pretty-format?raw';
import automock from './automock.ts?raw';
import benchApi from './bench-api.ts?raw';
import benchMain from './bench-main.ts?raw';
import callBody from './call-body.ts?raw';
import chaiWords from './chai-words.ts?raw';
import commonjs from './commonjs.ts?raw';
import customMatchers from './custom-matchers.ts?raw';
import expectState from './expect-state.ts?raw';
import { fastCheckModules } from './fast-check-library.ts';
import fakeTime from './fake-time.ts?raw';
import fixtures from './fixtures.ts?raw';
import jestGlobals from './jest-globals.ts?raw';
import mocha from './mocha.ts?raw';
import moduleClock from './module-clock.ts?raw';
import mockMatchers from './mock-matchers.ts?raw';
import moduleNames from './module-names.ts?raw';
import nodeAssert from './node-assert.ts?raw';
import nodeAssertStrict from './node-assert-strict.ts?raw';
import replacing from './replace.ts?raw';
import snapshots from './snapshots.ts?raw';
import table from './table.ts?raw';
import testApi from './test-api.ts?raw';
import testVerdict from './test-verdict.ts?raw';
import testGlobals from './test-globals.ts?raw';
import verdict from './verdict.ts?raw';
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
import nodeChildProcess from './node-child-process.ts?raw';
import nodeProcess from './node-process.ts?raw';
import nodeWorkerThreads from './node-worker-threads.ts?raw';
import nodeSqlite from './node-sqlite.ts?raw';
import nodeTest from './node-test.ts?raw';
import programMain from './program-main.ts?raw';
import programTools from './program-tools.ts?raw';
import programWorld from './program-world.ts?raw';
import primordials from './primordials.ts?raw';
import reportText from './report-text.ts?raw';
import runHooks from './run-hooks.ts?raw';
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
  automock,
  'bench-api': benchApi,
  'call-body': callBody,
  'chai-words': chaiWords,
  'cloudflare-workers': cloudflareWorkers,
  commonjs,
  'console-capture': consoleCapture,
  'custom-matchers': customMatchers,
  'database-snapshot': databaseSnapshot,
  'database-storage': databaseStorage,
  'describe-value': describeValue,
  equality,
  expect,
  'expect-state': expectState,
  'fake-time': fakeTime,
  fixtures,
  fuel,
  'jest-globals': jestGlobals,
  mocha,
  'module-clock': moduleClock,
  matchers,
  measure,
  'mock-function': mockFunction,
  'mock-matchers': mockMatchers,
  'module-names': moduleNames,
  'node-assert': nodeAssert,
  'node-assert-strict': nodeAssertStrict,
  'node-sqlite': nodeSqlite,
  'node-test': nodeTest,
  primordials,
  replace: replacing,
  snapshots,
  'source-place': sourcePlace,
  'sql-text': sqlText,
  'sqlite-error': sqliteError,
  'sqlite-values': sqliteValues,
  suite,
  table,
  'test-api': testApi,
  'test-context': testContext,
  verdict,
  vitest,
} as const;

const forTests = {
  ...shared,
  'bench-main': benchMain,
  'node-child-process': nodeChildProcess,
  'node-process': nodeProcess,
  'node-worker-threads': nodeWorkerThreads,
  'report-text': reportText,
  'run-hooks': runHooks,
  'run-suite': runSuite,
  'test-globals': testGlobals,
  'test-verdict': testVerdict,
  'test-main': testMain,
};
const forApps = { ...shared, 'app-main': appMain };
const forPrograms = {
  ...shared,
  'program-main': programMain,
  'program-tools': programTools,
  'program-world': programWorld,
};

/** Code by module name. */
type GuestModules = Readonly<Record<string, string>>;

let appRevision: string | undefined;
let testModules: GuestModules | undefined;
let appModules: GuestModules | undefined;
let programModules: GuestModules | undefined;

/**
 * Packages for tests, as they are, in modules of our own names. What they ask for is what an isolate has: sinon's timers
 * want the global object and Node's timers, pretty-format wants colours, and gets none.
 */
const libraries: GuestModules = {
  // The library sets a timer when it is evaluated, which no isolate may do while it loads: so it is a function.
  [`${reservedFolder}fake-timers-library.js`]: [
    `import * as timers from 'node:timers'; import * as promises from 'node:timers/promises'; import * as util from 'node:util';`,
    `const parts = { '@sinonjs/commons': { global: globalThis }, timers, 'timers/promises': promises, util };`,
    `const require = (name) => { const part = parts[name]; if (part === undefined) throw new Error(name); return part.default ?? part; };`,
    `export default () => { const module = { exports: {} }; const exports = module.exports;`,
    fakeTimers,
    `; return module.exports; };`,
  ].join('\n'),
  [`${reservedFolder}pretty-format.js`]: prettyFormat.replace(
    /^import styles from ['"]tinyrainbow['"];/m,
    'const styles = {};',
  ),
  [`${reservedFolder}snapshot-printer.js`]: `export { format, plugins } from '/${reservedFolder}pretty-format.js'; import * as all from '/${reservedFolder}pretty-format.js'; export default all;`,
};

/** Name of the module that runs the tests. */
export const testMainModule = `${reservedFolder}test-main.js`;

/** Name of the module that runs benchmarks. */
export const benchMainModule = `${reservedFolder}bench-main.js`;

/** The modules of a test isolate, with the libraries that its code asks for. */
export function testGuestModules(needs: {
  readonly fakeTime: boolean;
  readonly snapshots: boolean;
  readonly fastCheck: boolean;
}): GuestModules {
  testModules ??= compileAll(forTests);
  if (!needs.fakeTime && !needs.snapshots && !needs.fastCheck) return testModules;
  return { ...testModules, ...libraries, ...(needs.fastCheck ? fastCheckModules : {}) };
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

/** Name of the module that runs a program. */
export const programMainModule = `${reservedFolder}program-main.js`;

export function programGuestModules(): GuestModules {
  programModules ??= compileAll(forPrograms);
  return programModules;
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
