/**
 * The kinds of measurements that gates may look at. Adding one is one entry: its figures, what they count, and which
 * direction is better. A measurement carries the commit it was made on and is made by the platform, never by an agent.
 */

export interface FigureKind {
  /** In the plural, as a sentence says it. */
  readonly title: string;
  readonly unit?: 'percent' | 'milliseconds' | 'bytes' | 'ratio';
  readonly better: 'more' | 'less';
}

export interface MeasurementKind {
  readonly title: string;
  readonly figures: Readonly<Record<string, FigureKind>>;
  /** What to do when it is missing or stale. */
  readonly howToMeasure: string;
}

const onMain = 'It is measured on the head of main in the validation, and by `aidevos quality measure`.';
const onRequest = 'It is measured in the validation where a gate asks for it, and by `aidevos quality measure`.';

export const measurementKinds = {
  tests: {
    title: 'tests',
    figures: {
      passed: { title: 'passed tests', better: 'more' },
      failed: { title: 'failed tests', better: 'less' },
      skipped: { title: 'skipped tests', better: 'less' },
      completed: { title: 'runs that came to their end', better: 'more' },
      duration: { title: 'duration', unit: 'milliseconds', better: 'less' },
    },
    howToMeasure: onMain,
  },
  types: { title: 'types', figures: { errors: { title: 'type errors', better: 'less' } }, howToMeasure: onMain },
  security: {
    title: 'security',
    figures: { findings: { title: 'findings that block', better: 'less' } },
    howToMeasure: onMain,
  },
  health: {
    title: 'health',
    figures: { status: { title: 'status of the health route', better: 'less' } },
    howToMeasure: 'It is asked for when a version is deployed into the slot.',
  },
  acceptance: {
    title: 'acceptance',
    figures: {
      passed: { title: 'passed checks', better: 'more' },
      failed: { title: 'failed checks', better: 'less' },
    },
    howToMeasure: 'Run the acceptance checks against the slot.',
  },
  coverage: {
    title: 'coverage of the change',
    figures: {
      statements: { title: 'covered statements', unit: 'percent', better: 'more' },
      branches: { title: 'covered branches', unit: 'percent', better: 'more' },
      changed: { title: 'covered lines of the change', unit: 'percent', better: 'more' },
    },
    howToMeasure: onRequest,
  },
  mutation: {
    title: 'mutation score of the change',
    figures: {
      score: { title: 'killed mutants of all code', unit: 'percent', better: 'more' },
      changed: { title: 'killed mutants of the change', unit: 'percent', better: 'more' },
      survived: { title: 'mutants of the change that no test notices', better: 'less' },
    },
    howToMeasure: `${onRequest} The score of all code comes from \`aidevos quality mutation\`.`,
  },
  quality: {
    title: 'quality of the change',
    figures: {
      complexity: { title: 'highest cognitive complexity of a function', better: 'less' },
      duplication: { title: 'duplicated lines', unit: 'percent', better: 'less' },
      cycles: { title: 'cycles of imports', better: 'less' },
      maintainability: { title: 'lowest maintainability of a file, from 0 to 100', better: 'more' },
    },
    howToMeasure: onRequest,
  },
  criteria: {
    title: 'proof of the acceptance criteria',
    figures: {
      proven: { title: 'criteria that checks prove', better: 'more' },
      failed: { title: 'criteria whose checks fail', better: 'less' },
      unproven: { title: 'criteria that no check proves', better: 'less' },
      specifiedUnproven: { title: 'criteria of the specification that no check proves', better: 'less' },
    },
    howToMeasure: 'It is measured with the tests of the validation, and again when a slot is checked.',
  },
  performance: {
    title: 'performance',
    figures: {
      slower: { title: 'benchmarks that became slower', better: 'less' },
      undecided: { title: 'benchmarks that are not shown to be as fast as before', better: 'less' },
      slowdown: { title: 'time of the slowest against its baseline', unit: 'ratio', better: 'less' },
      loadSlower: { title: 'answers under load that became slower', better: 'less' },
      loadSlowdown: { title: 'time of answers under load against the baseline', unit: 'ratio', better: 'less' },
      p95: { title: '95th percentile of the answers under load', unit: 'milliseconds', better: 'less' },
      loadFailed: { title: 'answers under load that failed', unit: 'percent', better: 'less' },
    },
    howToMeasure: 'Run `aidevos quality bench` for benchmarks, `aidevos quality load` for answers under load.',
  },
  size: {
    title: 'size',
    figures: { bytes: { title: 'size of the built modules', unit: 'bytes', better: 'less' } },
    howToMeasure: onRequest,
  },
  resources: {
    title: 'resource use',
    figures: {
      steps: { title: 'steps (loop turns and calls) of all tests', better: 'less' },
      heaviest: { title: 'steps of the heaviest test', better: 'less' },
      time: { title: 'time of the test run', unit: 'milliseconds', better: 'less' },
    },
    howToMeasure: onRequest,
  },
  documentation: {
    title: 'documentation',
    figures: {
      documented: { title: 'exported declarations with a comment', unit: 'percent', better: 'more' },
      endpoints: { title: 'endpoints that a document describes', unit: 'percent', better: 'more' },
      readme: { title: 'READMEs with a text', better: 'more' },
    },
    howToMeasure: onRequest,
  },
  api: {
    title: 'compatibility of the API',
    figures: {
      breaking: { title: 'breaking changes', better: 'less' },
      unannounced: { title: 'breaking changes that the version number does not announce', better: 'less' },
      added: { title: 'new operations', better: 'more' },
    },
    howToMeasure: onRequest,
  },
} as const satisfies Readonly<Record<string, MeasurementKind>>;

export type MeasurementKindName = keyof typeof measurementKinds;

export const isMeasurementKind = (name: string): name is MeasurementKindName => Object.hasOwn(measurementKinds, name);

/** The kind of that name. */
export const kindOf = (name: MeasurementKindName): MeasurementKind => measurementKinds[name];
