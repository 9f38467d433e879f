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

const onMain = 'It is measured on the head of main in the validation.';
const byNobody = 'Nothing on this platform measures it yet: take the gate out, or waive it for a time.';

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
      changed: { title: 'covered statements of the change', unit: 'percent', better: 'more' },
    },
    howToMeasure: byNobody,
  },
  mutation: {
    title: 'mutation score of the change',
    figures: {
      score: { title: 'killed mutants', unit: 'percent', better: 'more' },
      changed: { title: 'killed mutants of the change', unit: 'percent', better: 'more' },
      survived: { title: 'surviving mutants', better: 'less' },
    },
    howToMeasure: byNobody,
  },
  quality: {
    title: 'quality',
    figures: {
      complexity: { title: 'highest cognitive complexity of a function', better: 'less' },
      duplication: { title: 'duplicated lines', unit: 'percent', better: 'less' },
      cycles: { title: 'cycles of imports', better: 'less' },
    },
    howToMeasure: byNobody,
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
      p95: { title: '95th percentile of the answers', unit: 'milliseconds', better: 'less' },
      slowdown: { title: 'time against the baseline', unit: 'ratio', better: 'less' },
    },
    howToMeasure: byNobody,
  },
  size: {
    title: 'size',
    figures: { bytes: { title: 'size of the built modules', unit: 'bytes', better: 'less' } },
    howToMeasure: onMain,
  },
  resources: {
    title: 'resource use',
    figures: {
      memory: { title: 'memory of the run', unit: 'bytes', better: 'less' },
      time: { title: 'computing time of the run', unit: 'milliseconds', better: 'less' },
    },
    howToMeasure: byNobody,
  },
  documentation: {
    title: 'documentation',
    figures: { documented: { title: 'documented exports', unit: 'percent', better: 'more' } },
    howToMeasure: byNobody,
  },
  api: {
    title: 'compatibility of the API',
    figures: { breaking: { title: 'breaking changes', better: 'less' } },
    howToMeasure: byNobody,
  },
} as const satisfies Readonly<Record<string, MeasurementKind>>;

export type MeasurementKindName = keyof typeof measurementKinds;

export const isMeasurementKind = (name: string): name is MeasurementKindName => Object.hasOwn(measurementKinds, name);

/** The kind of that name. */
export const kindOf = (name: MeasurementKindName): MeasurementKind => measurementKinds[name];
