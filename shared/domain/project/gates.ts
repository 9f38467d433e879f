/** The quality gates, computed from the platform's own measurements of one commit and from nothing else. */
import type { Gate, Measurement } from '../../protocol/project-events.ts';

type MeasurementOf<Kind extends Measurement['kind']> = Extract<Measurement, { kind: Kind }>;

/** The kinds that a validation measures, all on the same commit. */
export const validationKinds = ['tests', 'types', 'security'] as const;

const find = <Kind extends Measurement['kind']>(
  measurements: readonly Measurement[],
  kind: Kind,
  commit: string,
): MeasurementOf<Kind> | undefined =>
  measurements.find(
    (measurement): measurement is MeasurementOf<Kind> => measurement.kind === kind && measurement.commit === commit,
  );

/** True when everything that the gates look at was measured on this commit. */
export const isMeasured = (measurements: readonly Measurement[], commit: string): boolean =>
  validationKinds.every((kind) => find(measurements, kind, commit) !== undefined);

const missing = (name: string, commit: string): Gate => ({
  name,
  passed: false,
  evidence: `not measured on ${commit.slice(0, 10)}`,
});

const testsGate = (tests: MeasurementOf<'tests'> | undefined, commit: string): Gate => {
  if (tests === undefined) return missing('tests', commit);
  const { passed, failed } = tests.counts;
  const first = tests.failures[0];
  return {
    name: 'tests',
    passed: tests.status === 'passed' && passed > 0 && failed === 0,
    evidence:
      tests.status === 'passed'
        ? `${passed} tests passed`
        : `run ${tests.status}: ${passed} passed, ${failed} failed${first === undefined ? '' : `; first: ${first.file} > ${first.name}: ${first.message}`}`,
  };
};

const typesGate = (types: MeasurementOf<'types'> | undefined, commit: string): Gate => {
  if (types === undefined) return missing('types', commit);
  return {
    name: 'types',
    passed: types.errors === 0,
    evidence:
      types.errors === 0
        ? `no type error in ${types.filesChecked} files`
        : `${types.errors} type errors; first: ${types.findings[0] ?? 'not kept'}`,
  };
};

const securityGate = (security: MeasurementOf<'security'> | undefined, commit: string): Gate => {
  if (security === undefined) return missing('security', commit);
  return {
    name: 'security',
    passed: security.findings.length === 0,
    evidence:
      security.findings.length === 0
        ? 'no finding'
        : `${security.findings.length} findings; first: ${security.findings[0]}`,
  };
};

/** The gates of a commit. A gate without a measurement of exactly this commit has not passed. */
export const computeGates = (measurements: readonly Measurement[], commit: string): readonly Gate[] => [
  testsGate(find(measurements, 'tests', commit), commit),
  typesGate(find(measurements, 'types', commit), commit),
  securityGate(find(measurements, 'security', commit), commit),
];

/** The gates between a preview and production: the version answers, and its acceptance checks hold. */
export const computeReleaseGates = (
  measurements: readonly Measurement[],
  commit: string,
  slot: 'preview' | 'staging' | 'production',
): readonly Gate[] => {
  const acceptance = find(measurements, 'acceptance', commit);
  const health = find(measurements, 'health', commit);
  return [
    health === undefined || health.slot !== slot
      ? missing('health', commit)
      : {
          name: 'health',
          passed: health.status >= 200 && health.status < 400,
          evidence: `GET /health answered ${health.status}`,
        },
    acceptance === undefined || acceptance.slot !== slot
      ? missing('acceptance', commit)
      : {
          name: 'acceptance',
          passed: acceptance.failed === 0 && acceptance.passed > 0,
          evidence:
            acceptance.failed === 0
              ? `${acceptance.passed} checks passed`
              : `${acceptance.failed} of ${acceptance.passed + acceptance.failed} checks failed; first: ${acceptance.failures[0] ?? 'not kept'}`,
        },
  ];
};
