/** The limits of the sandbox in one place. Sizes are in characters of text unless the name says bytes. */

export const limits = {
  /** Modules of one test run or version. */
  modules: 5_000,
  moduleCharacters: 16 * 1024 * 1024,
  /** All copies of a project's modules in one isolate. */
  copiedModules: 5_000,
  copiedCharacters: 8 * 1024 * 1024,
  testFiles: 1_000,
  /** Counters of a measured build: each takes four bytes in the isolate and some characters in the report. */
  counters: 1_000_000,
  /** Mutants of one call. */
  mutants: 500,
  /** Isolates of one test host at the same time; more runs wait. */
  concurrentRuns: 8,
  /** At most one isolate for each test file of a run. */
  waitingRuns: 1_100,
  /** How long the host waits beyond the run's own deadline before it ends the isolate. */
  runGraceMs: 1_000,
  /** Texts that a run brings for its tests to read, and its snapshot files. */
  dataCharacters: 16 * 1024 * 1024,
  maxRunTimeoutMs: 10 * 60_000,
  /** One call into an isolate that runs benchmarks. */
  benchCallMs: 8_000,
  benchFiles: 100,
  benchRounds: 50,
  /** Requests of a load that wait for their answers at once; more are dropped. */
  loadWaiting: 100,
  loadPerSecond: 500,
  /** All blocks of one call together. */
  loadMs: 60_000,
  /** Tests of one run, where its caller asks for more than the usual number. */
  tests: 100_000,
  reportCharacters: 8 * 1024 * 1024,
  /** Of a run with that many tests: what one message between Workers can hold. */
  longReportCharacters: 28 * 1024 * 1024,
  appRequestMs: 10_000,
  /** From the first byte of an app's answer to its last. */
  appBodyMs: 60_000,
  appBodyBytes: 32 * 1024 * 1024,
  requestBodyCharacters: 256 * 1024,
  keptVersions: 5,
  chunkCharacters: 300_000,
} as const;
