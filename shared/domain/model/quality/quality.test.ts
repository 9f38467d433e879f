import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StopReason, ToolCall } from '../../../ports/model-client.ts';
import { createFailure } from '../failure.ts';
import { countAgentStep, countAnswer, countFailure, type AskedFor } from './answer-quality.ts';
import { measuredQuality, qualityFactor } from './measured-quality.ts';
import { measures, trial, type QualityRow } from './measures.ts';
import { addCounts, growthOf, mergeTotals, QualitySums, sumTotals, type QualityTotals } from './totals.ts';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const asked: AskedFor = {
  tools: [{ name: 'get_weather', parameters: city }],
  format: { type: 'json_schema', name: 'place', schema: city },
  maxOutputTokens: 4_096,
};
const hit = trial(false);
const miss = trial(true);
const call = (name: string, argumentsJson: string): ToolCall => ({ id: name, name, argumentsJson });
const answered = (stopReason: StopReason, text: string, ...toolCalls: ToolCall[]) => ({
  ok: true as const,
  text,
  toolCalls,
  stopReason,
  usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 },
});

describe('the counts of an answer', () => {
  const common = { failure: hit, refusal: hit, truncation: hit };

  it.each([
    ['a sound answer', answered('end', '{"city":"Oslo"}'), { ...common, schema: hit }],
    ['an answer of another schema', answered('end', '{"city":7}'), { ...common, schema: miss }],
    ['prose around it', answered('end', 'Here: {"city":"Oslo"}'), { ...common, schema: miss }],
    ['a refusal', answered('refusal', 'I cannot.'), { ...common, refusal: miss }],
    ['one that was cut off', answered('length', '{"ci'), { ...common, truncation: miss }],
    [
      'a sound call',
      answered('tool_calls', '', call('get_weather', '{"city":"Oslo"}')),
      { ...common, unknown_tool: hit, tool_arguments: hit },
    ],
    [
      'two calls, of which one has no city',
      answered('tool_calls', '', call('get_weather', '{"city":"Oslo"}'), call('get_weather', '{}')),
      { ...common, unknown_tool: hit, tool_arguments: miss },
    ],
    [
      'a call whose arguments are no JSON',
      answered('tool_calls', '', call('get_weather', '{"city":')),
      { ...common, unknown_tool: hit, tool_arguments: miss },
    ],
    [
      'a call of a tool that was not offered',
      answered('tool_calls', '', call('rm', '{}')),
      { ...common, unknown_tool: miss },
    ],
  ])('of %s', (_name, answer, counts) => {
    expect(countAnswer(asked, answer)).toEqual(counts);
  });

  it('judge nothing that was not asked for or not kept, nor a limit that is short on purpose', () => {
    expect(countAnswer({ tools: [], maxOutputTokens: 16 }, answered('length', 'no JSON'))).toEqual({
      failure: hit,
      refusal: hit,
    });
    expect(countAnswer(asked, { stopReason: 'end' })).toEqual(common);
  });

  it('of a failure are the provider’s fault or none', () => {
    expect(countFailure(createFailure('provider_error', 'x'))).toEqual({ failure: miss });
    expect(countFailure(createFailure('invalid_request', 'x'))).toEqual({});
    expect(countFailure({ ...createFailure('overloaded', 'x'), withheld: true })).toEqual({});
    expect(countFailure(createFailure('cancelled', 'x'))).toEqual({});
  });

  it('of an agent’s step say whether the model had to be asked again', () => {
    const repair = (answer: Parameters<typeof countAgentStep>[1]) => countAgentStep(asked, answer).repair;
    expect(repair(answered('tool_calls', '', call('get_weather', '{"city":"Oslo"}')))).toEqual(hit);
    expect(repair(answered('end', 'I am done.'))).toEqual(miss);
    expect(repair(answered('tool_calls', '', call('rm', '{}')))).toEqual(miss);
    expect(repair(answered('tool_calls', '', call('get_weather', '[]')))).toEqual(miss);
    expect(repair({ ok: false, failure: createFailure('malformed_response', 'x') })).toEqual(miss);
    expect(repair({ ok: false, failure: createFailure('overloaded', 'x') })).toBeUndefined();
  });
});

const scope = fc.record({
  model: fc.constantFrom('openai/a', 'openai/b c'),
  role: fc.constantFrom('client', 'backend'),
  taskKind: fc.constantFrom('chat', 'implement'),
});
const steps = fc.array(fc.tuple(scope, fc.boolean()), { maxLength: 40 });
const fold = (all: readonly (readonly [QualityRow | Parameters<typeof addCounts>[1], boolean])[]): QualityTotals =>
  all.reduce<QualityTotals>((totals, [of, missed]) => addCounts(totals, of, { refusal: trial(missed) }), {});

describe('totals', () => {
  it('count everything once, however they are repeated, lost and reordered on the way', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(40), { maxLength: 20 }), (all, deliveries) => {
        let known: QualityTotals = {};
        let counted: QualityTotals = {};
        for (const reach of [...deliveries, all.length]) {
          const told = fold(all.slice(0, reach));
          const merged = mergeTotals(known, told);
          counted = sumTotals([counted, Object.fromEntries(growthOf(known, merged).map((row, index) => [index, row]))]);
          known = merged;
        }
        expect(known).toEqual(fold(all));
        expect(counted).toEqual(fold(all));
      }),
    );
  });

  it('of many holders are their sum', () => {
    fc.assert(
      fc.property(steps, steps, (left, right) => {
        expect(sumTotals([fold(left), fold(right)])).toEqual(fold([...left, ...right]));
      }),
    );
  });
});

it('sums of an isolate are gone once they are told, and bounded', () => {
  const sums = new QualitySums();
  const of = { role: 'client', taskKind: 'chat' };
  for (let index = 0; index < 1_500; index += 1)
    sums.add({ ...of, model: `openai/${index % 1_200}` }, { refusal: hit });
  sums.add({ ...of, model: 'openai/0' }, { refusal: miss });
  const rows = sums.drain();
  expect(rows).toHaveLength(1_000);
  expect(rows[0]).toEqual({ ...of, model: 'openai/0', measure: 'refusal', trials: 3, total: 1 });
  expect([sums.isEmpty, sums.drain()]).toEqual([true, []]);
});

describe('the measured quality', () => {
  const share = (trials: number, misses: number, measure = 'schema' as const) => ({
    measure,
    recent: { trials, misses },
    at: 0,
  });

  it('is that of the benchmarks for a model that nobody measured, and nearly so after few calls', () => {
    expect(measuredQuality(80, qualityFactor([], 0))).toBe(80);
    expect(measuredQuality(80, qualityFactor([share(1, 1)], 0))).toBeGreaterThan(75);
    expect(measuredQuality(80, qualityFactor([share(100, 90)], 0))).toBeLessThan(25);
    expect(measuredQuality(80, qualityFactor([share(1_000, 0)], 0))).toBeLessThan(86);
  });

  it('falls with every miss, rises with every hit, and stays in its bounds', () => {
    const names = Object.entries(measures).flatMap(([name, { kind }]) => (kind === 'share' ? [name as 'schema'] : []));
    const figures = fc.record({
      measure: fc.constantFrom(...names),
      trials: fc.nat(200),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(figures, { selector: ({ measure }) => measure }), fc.nat(100), (all, benchmark) => {
        const of = (more: { trials: number; misses: number }) =>
          qualityFactor(
            all.map(({ measure, trials, part }) => share(trials + more.trials, trials * part + more.misses, measure)),
            0,
          );
        const factor = of({ trials: 0, misses: 0 });
        expect(of({ trials: 1, misses: 1 })).toBeLessThanOrEqual(factor + 1e-12);
        expect(of({ trials: 1, misses: 0 })).toBeGreaterThanOrEqual(factor - 1e-12);
        expect(measuredQuality(benchmark, factor)).toBeGreaterThanOrEqual(0);
        expect(measuredQuality(benchmark, factor)).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('forgets what is long ago', () => {
    const week = 7 * 86_400_000;
    const bad = [share(100, 90)];
    expect(qualityFactor(bad, 10 * week)).toBeGreaterThan(0.9);
    expect(qualityFactor(bad, week)).toBeGreaterThan(qualityFactor(bad, 0));
  });
});
