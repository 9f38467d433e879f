/** The measurements of a project’s log as figures. */
import type { Measurement } from '../../../protocol/project-events.ts';
import type { Figures } from './gate.ts';

const ofTests = (tests: Extract<Measurement, { kind: 'tests' }>): Figures => {
  const { passed, failed, skipped } = tests.counts;
  const [first] = tests.failures;
  const failure = first === undefined ? '' : `; first: ${first.file} > ${first.name}: ${first.message}`;
  return {
    kind: 'tests',
    commit: tests.commit,
    figures: { passed, failed, skipped, completed: tests.status === 'passed' ? 1 : 0, duration: tests.durationMs },
    summary:
      tests.status === 'passed'
        ? `${passed} tests passed`
        : `run ${tests.status}: ${passed} passed, ${failed} failed${failure}`,
  };
};

const counted = (count: number, none: string, some: string, first: string | undefined): string =>
  count === 0 ? none : `${count} ${some}; first: ${first ?? 'not kept'}`;

/** Answers what the platform measured as numbers with one sentence about them. */
export const figuresOf = (measurement: Measurement): Figures => {
  const { commit } = measurement;
  switch (measurement.kind) {
    case 'tests':
      return ofTests(measurement);
    case 'types': {
      const { errors, filesChecked, findings } = measurement;
      const summary = counted(errors, `no type error in ${filesChecked} files`, 'type errors', findings[0]);
      return { kind: 'types', commit, figures: { errors }, summary };
    }
    case 'security': {
      const { findings } = measurement;
      return {
        kind: 'security',
        commit,
        figures: { findings: findings.length },
        summary: counted(findings.length, 'no finding', 'findings', findings[0]),
      };
    }
    case 'health':
      return {
        kind: 'health',
        commit,
        figures: { status: measurement.status },
        summary: `GET /health answered ${measurement.status}`,
      };
    case 'acceptance': {
      const { passed, failed, failures } = measurement;
      const summary = counted(failed, `${passed} checks passed`, `of ${passed + failed} checks failed`, failures[0]);
      return { kind: 'acceptance', commit, figures: { passed, failed }, summary };
    }
  }
};
