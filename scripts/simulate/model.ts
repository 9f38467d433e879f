/** What the agents of a simulation do: the model's answers and the tools' results, chosen by the schedule's seed. */
import type { Outcome, TaskAssignment } from '../../shared/domain/agent/assignment.ts';
import type { Run } from '../../shared/domain/agent/state.ts';
import type { EffectClass } from '../../shared/domain/engine/effect-class.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import type { PlannedTask } from '../../shared/protocol/project-events.ts';
import type { Random } from './random.ts';

/** How the one project of a schedule goes: decided before it begins, so that a repeated step finds the same. */
export interface Script {
  readonly plan: readonly PlannedTask[];
  /** Tool calls of a run before it hands in its task. */
  readonly toolCalls: number;
  /** Reviews that are rejected, at most, and tasks that fail at first. */
  readonly rejects: boolean;
  readonly fails: boolean;
}

/** The tools besides those that write to the repository: one for each class, with its effect in the outside world. */
export const outsideTools: Readonly<Record<string, EffectClass>> = {
  read_page: 'pure',
  put_record: 'idempotent',
  open_ticket: 'lookup',
  send_payment: 'unsafe',
};

const planned = (index: number, over: Partial<PlannedTask>): PlannedTask => ({
  key: `task-${index}`,
  title: `Task ${index}`,
  kind: 'implement',
  role: 'backend',
  description: '',
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 10 + index,
  estimateMinutes: 5,
  paths: [`src/${index}/`],
  ...over,
});

export const writeScript = (random: Random): Script => {
  const count = random.chance(0.35) ? 1 : random.chance(0.7) ? 2 : 3;
  const plan: PlannedTask[] = [];
  for (let index = 0; index < count; index += 1) {
    const dependsOn = plan.filter(() => random.chance(0.3)).map(({ key }) => key);
    plan.push(planned(index, { dependsOn, priority: random.between(1, 50) }));
  }
  return { plan, toolCalls: random.chance(0.3) ? 2 : 1, rejects: random.chance(0.1), fails: random.chance(0.1) };
};

/** FNV-1a of a text, so that a choice belongs to a run and a step and not to the order of events. */
const choose = (text: string, among: number): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 3) % among;
};

const toolNames = Object.keys(outsideTools);

/** What the model answers at this step of the run: some tools first, then the one that hands in. */
export const answer = (run: Run, script: Script): readonly ToolCall[] => {
  const { assignment, modelCalls, runId } = run;
  const id = (index: number): string => `call-${modelCalls}-${index}`;
  const responses = run.messages.filter(({ role }) => role === 'assistant').length;
  if (responses > 0) return [{ id: id(0), name: 'hand_in', argumentsJson: '{}' }];
  const outside = Array.from({ length: script.toolCalls }, (_, index) => {
    const name = toolNames[choose(`${runId}/${index}/${script.plan.length}`, toolNames.length)] ?? 'read_page';
    return { id: id(index), name, argumentsJson: '{}' };
  });
  if (assignment.task.kind === 'deploy') return [...outside, { id: id(8), name: 'release', argumentsJson: '{}' }];
  if (!assignment.writes) return outside;
  return [
    ...outside,
    { id: id(8), name: 'write_file', argumentsJson: '{}' },
    { id: id(9), name: 'commit', argumentsJson: '{}' },
  ];
};

/** How the run ends when it hands in. */
export const outcomeOf = (assignment: TaskAssignment, script: Script, commit: string | null): Outcome => {
  const { task, attempt } = assignment;
  const summary = 'done';
  switch (task.kind) {
    case 'plan':
      return { type: 'planned', summary, tasks: script.plan };
    case 'analyse':
      return { type: 'analysed', summary, findings: [], tasks: [] };
    case 'review':
      return script.rejects && task.key.endsWith('-1')
        ? { type: 'reviewed', verdict: 'reject', comments: ['again'] }
        : { type: 'reviewed', verdict: 'approve', comments: [] };
    case 'judge':
      return { type: 'judged', verdict: 'pass', reasons: [] };
    case 'vote':
      return { type: 'voted', vote: 'approve', reason: summary };
    default:
      return script.fails && attempt === 1 && task.kind === 'implement'
        ? { type: 'failed', reason: 'it did not work out' }
        : { type: 'completed', summary, commit };
  }
};
