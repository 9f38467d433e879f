/**
 * The modules that the sandbox adds to guest code, by the name under which built code imports them.
 * The toolchain writes these names into built modules, the sandbox supplies the code: both read this file.
 */

/** Source files may not stand in this folder, so a guest can neither replace nor name the sandbox's modules. */
export const reservedFolder = '@sandbox/';

export const guestModuleNames = {
  /** Exports `burn`, the counter that every loop and function of built code calls. */
  fuel: '@sandbox/fuel.js',
  /** Exports `hits` and `active`, which code built for coverage or mutation testing counts and switches with. */
  measure: '@sandbox/measure.js',
  cloudflareWorkers: '@sandbox/cloudflare-workers.js',
  vitest: '@sandbox/vitest.js',
  jestGlobals: '@sandbox/jest-globals.js',
  mocha: '@sandbox/mocha.js',
  /** Registers and runs CommonJS files. */
  commonJs: '@sandbox/commonjs.js',
  /** Only in isolates whose code imports it. */
  fastCheck: '@sandbox/fast-check.js',
  nodeAssert: '@sandbox/node-assert.js',
  nodeAssertStrict: '@sandbox/node-assert-strict.js',
  /** Only in the isolates of tests. */
  nodeChildProcess: '@sandbox/node-child-process.js',
  nodeWorkerThreads: '@sandbox/node-worker-threads.js',
  nodeTest: '@sandbox/node-test.js',
  nodeSqlite: '@sandbox/node-sqlite.js',
} as const;

/** Copies of a project's modules stand in numbered folders in here. */
export const copiesFolder = `${reservedFolder}copies/`;

/** Where the project's files stand for guest code: in memory, and only those that a test run brings. */
export const projectFolder = '/tmp/project';
