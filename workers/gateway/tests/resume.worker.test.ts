import { abortAllDurableObjects, env, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { objectName } from '../../../durable-objects/stubs.ts';
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { createContinuity } from '../../../shared/protocol/continuity.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import type { FakeProject } from '../testing/fake-project.ts';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
});

const inProject = <T>(projectId: string, work: (project: FakeProject, state: DurableObjectState) => T): Promise<T> => {
  const { PROJECT } = env as unknown as { readonly PROJECT: DurableObjectNamespace<FakeProject> };
  const name = objectName(workspace.workspaceId, 'project', projectId as ProjectId);
  return runInDurableObject(PROJECT.getByName(name), work);
};

const happen = async (projectId: string, times: number): Promise<void> => {
  await inProject(projectId, async (project) => {
    for (let time = 0; time < times; time += 1) await project.pause();
  });
};

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

const follow = (projectId: string, query = '', headers: Record<string, string> = {}): Promise<Response> =>
  gateway.send(`/api/projects/${projectId}/events${query}`, {
    key,
    headers: { accept: 'text/event-stream', ...headers },
  });

const problemOf = async (answer: Response): Promise<Problem> => answer.json();

describe('events that are no longer kept', () => {
  it('are answered alike over pages and server-sent events, and with a frame and a code over a WebSocket', async () => {
    const projectId = await createTestProject(gateway, key);
    await happen(projectId, 9);
    await inProject(projectId, (project) => project.discardUpTo(6));
    const path = `/api/projects/${projectId}`;
    const page = await gateway.send(`${path}/events?after=5`, { key });
    for (const answer of [
      page,
      await follow(projectId, '?after=5'),
      await follow(projectId, '', { 'last-event-id': '2' }),
    ]) {
      expect(answer.status).toBe(410);
      expect(await problemOf(answer)).toMatchObject({
        code: 'cursor.gone',
        oldestSequence: 7,
        errors: [{ field: 'query.after' }],
      });
    }
    const { webSocket } = await gateway.send(`${path}/ws?after=5`, { key, headers: { upgrade: 'websocket' } });
    const closed = Promise.withResolvers<number>();
    const frames: unknown[] = [];
    webSocket?.addEventListener('message', ({ data }) => void frames.push(JSON.parse(String(data))));
    webSocket?.addEventListener('close', ({ code }) => closed.resolve(code));
    webSocket?.accept();
    expect(await closed.promise).toBe(4410);
    expect(frames).toEqual([{ type: 'gone', oldest: 7, sequence: 5 }]);
    const rest: { events: { sequence: number }[] } = await (
      await gateway.send(`${path}/events?after=6`, { key })
    ).json();
    expect(rest.events.map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10]);
  });

  it('do not matter to a client that has them', async () => {
    const projectId = await createTestProject(gateway, key);
    await happen(projectId, 3);
    await inProject(projectId, (project) => project.discardUpTo(4));
    const answer = await follow(projectId, '', { 'last-event-id': '4' });
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });
});

describe('replay from a moment', () => {
  it('takes milliseconds and ISO 8601, over pages and streams', async () => {
    const projectId = await createTestProject(gateway, key);
    await happen(projectId, 4);
    const base = Date.parse('2026-01-02T03:04:05Z');
    await inProject(projectId, (_project, state) => {
      state.storage.sql.exec('UPDATE event SET recorded_at = ? + sequence * 1000', base);
    });
    const sequences = async (since: string): Promise<number[]> => {
      const answer = await gateway.send(`/api/projects/${projectId}/events?since=${encodeURIComponent(since)}`, {
        key,
      });
      const { events }: { events: { sequence: number }[] } = await answer.json();
      return events.map(({ sequence }) => sequence);
    };
    expect(await sequences(`${base + 3_000}`)).toEqual([3, 4, 5]);
    expect(await sequences('2026-01-02T03:04:09Z')).toEqual([4, 5]);
    expect(await sequences('2026-01-02T04:04:09.500+01:00')).toEqual([5]);
    expect(await sequences('2026-02-01T00:00:00Z')).toEqual([]);
    expect(await read(await follow(projectId, `?since=${base + 4_000}`))).toMatchObject({ ids: [4, 5] });
    expect(await read(await follow(projectId, `?since=${base + 99_000}`))).toMatchObject({ ids: [], end: 5 });
    const refused = await gateway.send(`/api/projects/${projectId}/events?since=yesterday`, { key });
    expect([refused.status, (await problemOf(refused)).errors?.[0]?.field]).toEqual([400, 'query.since']);
  });
});

interface Read {
  readonly ids: number[];
  /** The sequence of `caught_up`; absent when the stream broke off before. */
  readonly end?: number;
}

/** Reads until the stream says that all was sent, or until it ends, or until that many events came. */
const read = async (answer: Response, most = Number.POSITIVE_INFINITY): Promise<Read> => {
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let end: number | undefined;
  const ids = (): number[] => [...text.matchAll(/^id: (\d+)\ndata: .*\n\n/gm)].map(([, id]) => Number(id));
  try {
    while (end === undefined && ids().length < most) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const caughtUp = /^event: caught_up\ndata: \{"sequence":(\d+)\}\n/m.exec(text);
      if (caughtUp !== null) end = Number(caughtUp[1]);
    }
  } catch {
    // The connection broke off: what came until then counts.
  }
  await reader.cancel().catch(() => undefined);
  return end === undefined ? { ids: ids() } : { ids: ids(), end };
};

describe('a client that comes back with Last-Event-ID', () => {
  it('has every event once and can prove it, whatever cut it off', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            events: fc.integer({ min: 1, max: 300 }),
            taken: fc.integer({ min: 1, max: 400 }),
            kill: fc.boolean(),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        async (rounds) => {
          const projectId = await createTestProject(gateway, key);
          const continuity = createContinuity(0);
          let written = 1;
          const take = ({ ids, end }: Read): void => {
            for (const id of ids) expect(continuity.event(id)).toEqual({ type: 'ok' });
            if (end !== undefined) expect(continuity.caughtUp(end)).toEqual({ type: 'ok' });
          };
          const resume = (): Promise<Response> => follow(projectId, '', { 'last-event-id': `${continuity.last()}` });
          for (const round of rounds) {
            const answer = await resume();
            await happen(projectId, round.events);
            written += round.events;
            const [seen] = await Promise.all([read(answer, round.taken), round.kill ? kill() : undefined]);
            take(seen);
          }
          const last = await read(await resume());
          take(last);
          expect(last.end).toBe(written);
          expect(continuity.last()).toBe(written);
        },
      ),
      { numRuns: 8 },
    ));

  it('is told the end of the stream when the object is killed', async () => {
    const projectId = await createTestProject(gateway, key);
    const answer = await follow(projectId);
    const reader = answer.body?.getReader();
    await reader?.read();
    await kill();
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) break;
    }
    const again = await follow(projectId, '', { 'last-event-id': '1' });
    expect(await read(again)).toEqual({ ids: [], end: 1 });
  });
});
