import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../ports/model-client.ts';
import type { RunId, TaskId } from '../ids.ts';
import { compactMessages } from './compaction.ts';
import type { Run } from './state.ts';
import { detectStuck, estimateTokens } from './stuck.ts';
import { stuckThresholds } from './stuck-thresholds.ts';

interface Step {
  readonly tool: string;
  readonly input?: unknown;
  readonly content: string;
  readonly isError?: boolean;
}

const messagesOf = (steps: readonly Step[]): readonly ModelMessage[] =>
  steps.flatMap(({ tool, input = {}, content, isError = false }, index): ModelMessage[] => {
    const id = `c${index}`;
    return [
      { role: 'assistant', content: '', toolCalls: [{ id, name: tool, argumentsJson: JSON.stringify(input) }] },
      { role: 'tool', toolCallId: id, toolName: tool, content, isError },
    ];
  });

const runOf = (steps: readonly Step[], more: Partial<Run> = {}): Run => ({
  runId: 'run_1' as RunId,
  assignment: { taskId: 'tsk_1' as TaskId } as Run['assignment'],
  messages: messagesOf(steps),
  openCalls: [],
  modelCalls: 0,
  toolCalls: 0,
  tokens: 0,
  nudges: 0,
  failures: 0,
  startedAt: 0,
  ...more,
});

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const read = (path: string, content = path): Step => ({ tool: 'read_file', input: { path }, content });
const edit = (index: number): Step => ({
  tool: 'edit_file',
  input: { path: 'a', find: `${index}`, replace: 'b' },
  content: 'Changed a.',
});
const failing = (message: string): Step => ({ tool: 'run_tests', content: message, isError: true });

describe('a stuck run', () => {
  it('makes the same call with the same result', () => {
    const steps = times(stuckThresholds.repeatedCalls, () => read('a'));
    expect(detectStuck(runOf(steps))?.kind).toBe('repeated_call');
    expect(detectStuck(runOf(steps.slice(1)))).toBeUndefined();
  });

  it('is not one whose call brings something new each time', () => {
    const steps = times(20, (index) => read('a', `version ${index}`));
    expect(detectStuck(runOf(steps))).toBeUndefined();
  });

  it('meets the same failure after every repair', () => {
    const steps = times(stuckThresholds.sameFailures, (index) => [
      edit(index),
      failing('FAILED a > b in 12 ms'),
    ]).flat();
    const found = detectStuck(runOf(steps));
    expect(found?.kind).toBe('repair_loop');
    expect(found?.evidence[0]).toContain('run_tests');
    expect(detectStuck(runOf(steps.slice(2)))).toBeUndefined();
  });

  it('is not one whose failures change', () => {
    const steps = times(12, (index) => [edit(index), failing(`FAILED a > b, ${index} left`)]).flat();
    expect(detectStuck(runOf(steps))).toBeUndefined();
  });

  it('goes round among things that it knows', () => {
    const steps = times(stuckThresholds.stepsWithoutNews + 3, (index) => read(['a', 'b', 'c'][index % 3] ?? 'a'));
    expect(detectStuck(runOf(steps))?.kind).toBe('no_progress');
    expect(detectStuck(runOf([...steps, read('d')]))).toBeUndefined();
  });

  it('has more to read than its model can', () => {
    const steps = [read('a', 'x'.repeat(900_000))];
    expect(detectStuck(runOf(steps), 200_000)?.kind).toBe('context_overflow');
    expect(detectStuck(runOf(steps))).toBeUndefined();
    const lastFailure = { kind: 'context_too_long', message: 'too long', retryable: false } as const;
    expect(detectStuck(runOf([], { failures: 1, lastFailure }))?.kind).toBe('context_overflow');
  });

  it('is given a new chance after help', () => {
    const steps = times(stuckThresholds.repeatedCalls, () => read('a'));
    expect(detectStuck(runOf(steps, { helpedAt: steps.length * 2 }))).toBeUndefined();
  });

  it('is never one in which every step shows something new', () => {
    const tools = fc.constantFrom('read_file', 'run_tests', 'write_files', 'commit', 'search_files');
    fc.assert(
      fc.property(fc.array(fc.tuple(tools, fc.boolean()), { maxLength: 80 }), (made) => {
        const steps = made.map(([tool, isError], index) => ({ tool, input: { index }, content: `n${index}`, isError }));
        expect(detectStuck(runOf(steps))).toBeUndefined();
      }),
    );
  });
});

describe('compaction', () => {
  it('makes any conversation fit, and keeps calls and results together', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(lengths, (sizes) => {
        const messages = messagesOf(sizes.map((size, index) => read(`f${index}`, 'x'.repeat(size))));
        const compacted = compactMessages(messages);
        expect(estimateTokens(compacted)).toBeLessThan(60_000);
        expect(compacted.map(({ role }) => role)).toEqual(messages.map(({ role }) => role));
        for (const message of compacted) {
          if (message.role === 'assistant')
            for (const { argumentsJson } of message.toolCalls) expect(() => JSON.parse(argumentsJson)).not.toThrow();
        }
      }),
    );
  });
});
