import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunningHash, hashText } from '../../adapters/crypto/text-hash.ts';
import type { ExportLine } from '../../schemas/run-export.ts';
import type { AgentEvent } from '../agent/events.ts';
import { collectAnswer } from '../model/collect.ts';
import { offlineEngineer } from '../offline-engineer/engineer.ts';
import { canonicalJson } from './canonical.ts';
import { diffRuns } from './diff.ts';
import { readExport } from './read-export.ts';
import { createRekey } from './rekey.ts';
import type { ExportedAgent, RunExport } from './run-export.ts';
import { recordRun } from './testing/recorded-run.ts';
import { projectStateAt, replayExport } from './verify.ts';
import { agentStateAt, type AskAgain } from './verify-run.ts';

const recorded = await recordRun(hashText);

const askAgain: AskAgain = (_model, request) => collectAnswer(offlineEngineer, { ...request, idempotencyKey: 'k' });

const lineTexts = (run: RunExport): readonly string[] => {
  const hash = createRunningHash();
  const lines: ExportLine[] = [
    // SAFETY: plain copies of what the export holds.
    { line: 'header', ...run.header, agents: [...run.header.agents] },
    ...run.events.map((stored) => ({ line: 'event' as const, ...stored, event: { ...stored.event } })),
    ...run.agents.flatMap(({ seat: { agentId }, events, journal }) => [
      ...events.map((stored) => ({ line: 'agent_event' as const, agentId, ...stored, event: { ...stored.event } })),
      ...journal.map((entry) => ({ line: 'journal' as const, agentId, entry })),
    ]),
    ...run.files.map((file) => ({ line: 'file' as const, ...file })),
  ];
  const texts = lines.map((line) => JSON.stringify(line));
  for (const text of texts) hash.add(`${text}\n`);
  return [...texts, JSON.stringify({ line: 'end', lines: texts.length, sha256: hash.hex() })];
};

const withAgent = (change: (agent: ExportedAgent) => ExportedAgent, index = 0): RunExport => ({
  ...recorded,
  agents: recorded.agents.map((agent, position) => (position === index ? change(agent) : agent)),
});

const changeEvent = (sequence: number, change: (event: AgentEvent) => AgentEvent): RunExport =>
  withAgent((agent) => ({
    ...agent,
    events: agent.events.map((stored) =>
      stored.sequence === sequence ? { ...stored, event: change(stored.event) } : stored,
    ),
  }));

describe('a replay', () => {
  it('of an untouched record finds nothing, compares every request and gets every answer again', async () => {
    const report = await replayExport(recorded, hashText, askAgain);
    expect(report.divergences).toEqual([]);
    expect(report.runs).toBe(2);
    expect(report.requestsCompared).toBe(report.answersAskedAgain);
    expect(report.requestsCompared).toBeGreaterThan(3);
  });

  it('gives the same state after every event as the fold from the start', () => {
    for (const { sequence } of recorded.events)
      expect(canonicalJson(projectStateAt(recorded.events, sequence))).toBe(
        canonicalJson(projectStateAt(recorded.events.slice(0, sequence), sequence)),
      );
  });

  it('shows a run at any of its steps', () => {
    const [agent] = recorded.agents;
    const run = agent?.events.find(({ event }) => event.type === 'run.started')?.event;
    if (agent === undefined || run?.type !== 'run.started') throw new Error('nothing recorded');
    for (let step = 0; step < 4; step += 1)
      expect(agentStateAt(agent, { runId: run.runId, step })?.run?.messages).toHaveLength(step);
    expect(agentStateAt(agent, { runId: run.runId, step: 99 })).toBeUndefined();
  });

  it('names the step whose tool result was changed', async () => {
    const returned = recorded.agents[0]?.events.find(({ event }) => event.type === 'tool.returned');
    const sequence = returned?.sequence ?? 0;
    const tampered = changeEvent(sequence, (event) =>
      event.type === 'tool.returned' ? { ...event, content: `${event.content} ` } : event,
    );
    const { divergences } = await replayExport(tampered, hashText);
    expect(divergences[0]).toMatchObject({ where: 'project-manager', sequence, step: 2 });
    expect(divergences[0]?.what).toContain('journal');
  });

  it('names the step whose answer was changed, in the log and in the journal alike', async () => {
    const answered = recorded.agents[0]?.events.find(({ event }) => event.type === 'model.responded');
    const sequence = answered?.sequence ?? 0;
    const changed = changeEvent(sequence, (event) =>
      event.type === 'model.responded' ? { ...event, text: 'I read nothing.' } : event,
    );
    const both: RunExport = {
      ...changed,
      agents: changed.agents.map((agent) => ({
        ...agent,
        journal: agent.journal.map((entry) =>
          entry.key.endsWith('/model/0') && agent === changed.agents[0]
            ? { ...entry, value: { ...(entry.value as object), text: 'I read nothing.' } }
            : entry,
        ),
      })),
    };
    // The next request holds the changed answer, so it cannot be the one that was sent.
    expect((await replayExport(both, hashText)).divergences[0]?.what).toContain('request');
    expect((await replayExport(both, hashText, askAgain)).divergences[0]).toMatchObject({ sequence, step: 1 });
  });

  it('finds any event that is missing or doubled', async () => {
    const events = recorded.agents[0]?.events ?? [];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: events.length - 2 }), fc.boolean(), async (index, doubled) => {
        const kept = doubled
          ? [...events.slice(0, index + 1), ...events.slice(index)]
          : events.filter((_, position) => position !== index);
        const { divergences } = await replayExport(
          withAgent((agent) => ({ ...agent, events: kept })),
          hashText,
        );
        expect(divergences[0]?.what).toContain('gap');
        expect(divergences[0]?.sequence).toBe(doubled ? index + 1 : index + 2);
      }),
      { numRuns: 30 },
    );
  });

  it('finds any change of an event of the project', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: recorded.events.length - 1 }), async (index) => {
        const events = recorded.events.map((stored, position) =>
          // The time of an event is part of the state.
          position === index ? { ...stored, event: { ...stored.event, type: 'project.paused' as const } } : stored,
        );
        expect((await replayExport({ ...recorded, events }, hashText)).divergences.length).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe('an export', () => {
  it('reads back as it was', async () => {
    const read = await readExport(lineTexts(recorded), createRunningHash());
    expect(read.ok && canonicalJson(read.value.agents.map(({ journal }) => journal))).toBe(
      canonicalJson(recorded.agents.map(({ journal }) => journal)),
    );
    expect(read.ok && (await replayExport(read.value, hashText)).divergences).toEqual([]);
  });

  it('that was cut anywhere is refused', async () => {
    const texts = lineTexts(recorded);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: texts.length - 1 }), async (length) => {
        const read = await readExport(texts.slice(0, length), createRunningHash());
        expect(read.ok).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('of which a line was changed, left out or moved is refused with the lines at fault', async () => {
    const texts = lineTexts(recorded);
    const inner = fc.integer({ min: 1, max: texts.length - 3 });
    await fc.assert(
      fc.asyncProperty(inner, fc.constantFrom('changed', 'left out', 'moved'), async (index, how) => {
        const line = texts[index] ?? '';
        const changed =
          how === 'changed'
            ? texts.with(index, line.replace('"', ' "'))
            : how === 'left out'
              ? texts.toSpliced(index, 1)
              : texts.with(index, texts[index + 1] ?? '').with(index + 1, line);
        if (changed.every((text, position) => text === texts[position])) return;
        const read = await readExport(changed, createRunningHash());
        expect(!read.ok && read.error.detail).toMatch(/^Lines? \d+/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a comparison', () => {
  it('finds two runs of the same specification equal, whatever their ids and times', async () => {
    const other = await recordRun(hashText, 5);
    expect(other.header.projectId).not.toBe(recorded.header.projectId);
    expect(diffRuns(recorded, other)).toMatchObject({ equal: true, attempts: [], tasks: [], files: [] });
  });

  it('names the first step in which something else was done, and what was seen differently before', () => {
    const events = recorded.agents[0]?.events ?? [];
    const calls = events.filter(({ event }) => event.type === 'model.responded');
    const read = events.find(({ event }) => event.type === 'tool.returned')?.sequence;
    const last = calls.at(-1)?.sequence;
    const changed = withAgent((agent) => ({
      ...agent,
      events: agent.events.map((stored) => {
        const { event } = stored;
        if (stored.sequence === read && event.type === 'tool.returned')
          return { ...stored, event: { ...event, content: 'another specification' } };
        if (stored.sequence === last && event.type === 'model.responded')
          return { ...stored, event: { ...event, text: 'Another plan.' } };
        return stored;
      }),
    }));
    const difference = diffRuns(recorded, changed);
    expect(difference.equal).toBe(false);
    expect(difference.first).toMatchObject({ taskKey: 'plan', role: 'project_manager', attempt: 1 });
    expect(difference.first?.right).toContain('Another plan.');
    expect(difference.first?.seenBefore).toMatchObject({ right: 'another specification' });
  });

  it('tells which files differ', () => {
    const files = [
      { path: 'SPEC.md', oid: 'b'.repeat(40) },
      { path: 'new.ts', oid: 'c'.repeat(40) },
    ];
    expect(diffRuns(recorded, { ...recorded, files })).toMatchObject({
      equal: false,
      files: [
        { path: 'SPEC.md', status: 'differs' },
        { path: 'new.ts', status: 'only right' },
      ],
    });
  });
});

describe('new ids for a copy', () => {
  const to = 'prj_01hf7yat00zzzzzzzzzzzzzzzz' as RunExport['header']['projectId'] as Parameters<typeof createRekey>[1];
  const from = recorded.header.projectId as typeof to;

  it('follow from the old ones, stay apart, keep their times, and leave nothing of the original', () => {
    const copy = createRekey(from, to, hashText).value(recorded.events);
    expect(canonicalJson(createRekey(from, to, hashText).value(recorded.events))).toBe(canonicalJson(copy));
    const idsOf = (value: unknown): ReadonlySet<string> =>
      new Set(JSON.stringify(value).match(/\b(agt|tsk|run|msg|prj)_[0-9a-z]{26}\b/g));
    const [old, made] = [idsOf(recorded.events), idsOf(copy)];
    expect(made.size).toBe(old.size);
    expect([...made].filter((id) => old.has(id))).toEqual([]);
    const times = (ids: ReadonlySet<string>): readonly string[] => [...ids].map((id) => id.slice(0, 14)).toSorted();
    const ofProject = (id: string): boolean => !id.startsWith('prj_');
    expect(times(new Set([...made].filter(ofProject)))).toEqual(times(new Set([...old].filter(ofProject))));
  });

  it('fold to the same state under other names', () => {
    const copy = createRekey(from, to, hashText).value(recorded.events);
    const rekey = createRekey(from, to, hashText);
    const state = projectStateAt(recorded.events, recorded.events.length);
    expect(canonicalJson(projectStateAt(copy, copy.length))).toBe(canonicalJson(rekey.value(state)));
  });

  it('leave other projects alone', () => {
    const text = 'see prj_01hf7yat00yyyyyyyyyyyyyyyy';
    expect(createRekey(from, to, hashText).value({ text })).toEqual({ text });
  });
});
