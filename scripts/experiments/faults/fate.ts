/** What became of a seeded fault, read from the project's log and from what runs in production. */
import type { Fault } from '../../../shared/domain/offline-engineer/faults.ts';
import type { ProjectEvent } from '../../../shared/protocol/project-events.ts';

export const catchers = ['conflict', 'review', 'tests', 'types', 'security', 'health', 'acceptance', 'other'] as const;

/** Who noticed; `other` ended the project in a way that is no gate. */
export type Catcher = (typeof catchers)[number];

export interface SeededFault extends Fault {
  /** The work item that it was put into. */
  readonly item: string;
  readonly wrong: string;
}

export interface Fate {
  readonly fault: Omit<SeededFault, 'wrong'>;
  /** Empty when it reached production. */
  readonly caughtBy: readonly Catcher[];
  readonly inProduction: boolean;
}

/** What of a finished project the fates follow from. */
export interface FinishedProject {
  readonly events: readonly ProjectEvent[];
  /** Text of a file as production runs it; undefined when nothing is in production or it is not there. */
  readonly productionFile: (path: string) => Promise<string | undefined>;
}

const isCatcher = (name: string): name is Catcher => catchers.some((known) => known === name);

/** The gates that were missed last before an event. */
const gatesMissedBefore = (events: readonly ProjectEvent[], index: number): readonly Catcher[] => {
  const last = events.slice(0, index).findLast((event) => event.type === 'gates.evaluated' && !event.passed);
  if (last?.type !== 'gates.evaluated') return ['other'];
  return last.gates.filter(({ passed }) => !passed).map(({ name }) => (isCatcher(name) ? name : 'other'));
};

const returnsOf = (events: readonly ProjectEvent[], item: string): readonly Catcher[] => {
  const created = events.find((event) => event.type === 'task.created' && event.task.key === item);
  if (created?.type !== 'task.created') return [];
  return events.flatMap((event): readonly Catcher[] =>
    event.type !== 'task.returned' || event.taskId !== created.taskId
      ? []
      : event.cause === 'review' || event.cause === 'conflict'
        ? [event.cause]
        : [],
  );
};

/** Gates of the release that were missed on the last version. */
const releaseMisses = (events: readonly ProjectEvent[]): readonly Catcher[] => {
  const measured = events.flatMap((event) => (event.type === 'measurement.recorded' ? [event.measurement] : []));
  const acceptance = measured.findLast(({ kind }) => kind === 'acceptance');
  const health = measured.findLast(({ kind }) => kind === 'health');
  const gates = events.findLast((event) => event.type === 'gates.evaluated');
  return [
    ...(acceptance?.kind === 'acceptance' && acceptance.failed > 0 ? ['acceptance' as const] : []),
    ...(health?.kind === 'health' && (health.status < 200 || health.status > 399) ? ['health' as const] : []),
    ...(gates?.type === 'gates.evaluated' && !gates.passed
      ? gates.gates.filter(({ passed }) => !passed).map(({ name }) => (isCatcher(name) ? name : ('other' as const)))
      : []),
  ];
};

/** The fate of one fault. A fault that several noticed at once is counted for each of them. */
export const fateOf = async (
  { wrong, ...fault }: SeededFault,
  { events, productionFile }: FinishedProject,
): Promise<Fate> => {
  if ((await productionFile(fault.path)) === wrong) return { fault, caughtBy: [], inProduction: true };
  const returned = returnsOf(events, fault.item);
  const repairAt = events.findIndex(
    (event) => event.type === 'task.created' && new RegExp(`^repair-\\d+-${fault.item}$`).test(event.task.key),
  );
  const caughtBy =
    returned.length > 0 ? returned : repairAt === -1 ? releaseMisses(events) : gatesMissedBefore(events, repairAt);
  return { fault, caughtBy: caughtBy.length === 0 ? ['other'] : [...new Set(caughtBy)], inProduction: false };
};
