/** The acceptance criteria in a project’s report: how many are proven, and each one that was written down or is not. */
import { countCriteria, type JudgedCriterion } from '../quality/behaviour/criteria.ts';

/** More than this are counted and not shown. */
const mostRows = 60;

const proofOf = ({ checks, wanted }: JudgedCriterion): string => {
  const shown = checks.find(({ passed }) => !passed) ?? checks[0];
  return shown === undefined ? (wanted ?? '') : `${shown.kind} on ${shown.commit.slice(0, 10)}: ${shown.evidence}`;
};

/** Lines of Markdown; `table` lays rows out. */
export const describeCriteria = (
  criteria: readonly JudgedCriterion[],
  table: (header: readonly string[], rows: readonly (readonly string[])[]) => readonly string[],
): readonly string[] => {
  if (criteria.length === 0) return ['None was written down.'];
  const { total, proven, failed, unproven } = countCriteria(criteria);
  const rows = criteria.filter(({ source, outcome }) => source === 'specification' || outcome !== 'proven');
  return [
    `${proven} of ${total} proven, ${failed} failed, ${unproven} without proof.`,
    '',
    ...table(
      ['criterion', 'outcome', 'tasks', 'proof'],
      rows
        .slice(0, mostRows)
        .map((criterion) => [
          criterion.source === 'specification' ? `${criterion.criterionId}: ${criterion.text}` : criterion.text,
          criterion.outcome,
          criterion.tasks.map(({ key }) => key).join(', '),
          proofOf(criterion),
        ]),
    ),
    ...(rows.length > mostRows ? ['', `${rows.length - mostRows} more: \`aidevos quality criteria\`.`] : []),
  ];
};
