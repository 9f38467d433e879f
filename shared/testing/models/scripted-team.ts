/**
 * A team whose model does what the specification says, call by call: for tests of what happens around the calls. A line
 * `Calls: [["tool", {…}], …]` in the specification is what the one developer does; the others do what their task needs.
 */
import type { ParsedRequest, ScriptedCall, ScriptedTurn } from './script.ts';

type PlannedCall = readonly [name: string, input: object];

const callsPattern = /^Calls: (\[.*\])$/m;

const readCalls = (text: string): readonly PlannedCall[] => {
  const line = callsPattern.exec(text)?.[1];
  // SAFETY: written by the test that uses this team.
  return line === undefined ? [] : (JSON.parse(line) as readonly PlannedCall[]);
};

const turn = (name: string, input: object, index: number): ScriptedTurn => {
  const call: ScriptedCall = { id: `call_${index}`, name, arguments: input };
  return { toolCalls: [call] };
};

const plan = (specification: string): object => ({
  summary: 'one task',
  tasks: [
    {
      key: 'work',
      title: 'Work',
      kind: 'implement',
      role: 'backend',
      description: `Calls: ${JSON.stringify(readCalls(specification))}`,
      acceptanceCriteria: [],
      dependsOn: [],
      priority: 1,
      estimateMinutes: 1,
      paths: ['src/'],
    },
  ],
});

/** What a project manager answers about a call in doubt stands in the call's arguments: `"manager":"redo"`. */
const settlement = (task: string): object => {
  const decision = /"manager":"(done|redo|abandon|ask_person)"/.exec(task)?.[1] ?? 'ask_person';
  return { decision, reason: 'as told', ...(decision === 'done' ? { result: 'the manager saw it' } : {}) };
};

/** The next answer, for `startFakeOpenAi` and `startFakeAnthropic`. */
export const scriptedTeam = (request: ParsedRequest): ScriptedTurn => {
  const task = request.messages[0]?.text ?? '';
  const answers = request.messages.filter(({ role }) => role === 'assistant').length;
  const next = (name: string, input: object): ScriptedTurn => turn(name, input, answers);
  switch (/^Kind: (\w+)$/m.exec(task)?.[1]) {
    case 'plan':
      return answers === 0
        ? next('read_specification', {})
        : next('submit_plan', plan(request.messages.at(-1)?.text ?? ''));
    case 'analyse':
      return next('submit_analysis', { summary: 'clear', findings: [] });
    case 'settle':
      return next('submit_settlement', settlement(task));
    case 'review':
      return next('submit_review', { verdict: 'approve', comments: [] });
    default: {
      const call = readCalls(task)[answers];
      return call === undefined ? { text: 'I have nothing more to do.' } : next(...call);
    }
  }
};
