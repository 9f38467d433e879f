import { beforeAll, describe, expect, it } from 'vitest';
import { testCreateClock } from '../../../shared/ports/clock.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import {
  createGateway,
  createRoleKey,
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

/** Reads a stream of server-sent events until the text holds `wanted`, then leaves. */
const readUntil = async (answer: Response, wanted: string): Promise<string> => {
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
};

const stream = { accept: 'text/event-stream' };
const upgrade = { upgrade: 'websocket' };
const pause = async (projectId: string): Promise<void> => {
  await gateway.send(`/api/projects/${projectId}/pause`, { key, method: 'POST' });
};
const newTicket = async (): Promise<string> => {
  const answer = await gateway.send('/api/tickets', { key, method: 'POST' });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { ticket: string }).ticket;
};

const socketOf = (answer: Response): WebSocket => {
  if (answer.webSocket === null) throw new Error(`no socket but ${answer.status}`);
  return answer.webSocket;
};

/** Frames until one of the type, then closes. */
const framesUntil = async (socket: WebSocket, type: string): Promise<{ type: string; sequence?: number }[]> => {
  const frames: { type: string; sequence?: number }[] = [];
  const done = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as { type: string };
    frames.push(frame);
    if (frame.type === type) done.resolve();
  });
  socket.accept();
  await done.promise;
  socket.close(1000, 'done');
  return frames;
};

describe('server-sent events', () => {
  it('replays from the start, then goes on live, with the sequence as the id', async () => {
    const projectId = await createTestProject(gateway, key);
    const answer = await gateway.send(`/api/projects/${projectId}/events`, { key, headers: stream });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await pause(projectId);
    const text = await readUntil(answer, 'project.paused');
    expect(text).toMatch(/^retry: 1000\n\n/);
    expect(text).toContain('id: 1\ndata: {"sequence":1,');
    expect(text).toContain('event: caught_up\ndata: {"sequence":1}');
    expect(text.indexOf('id: 2\n')).toBeGreaterThan(text.indexOf('caught_up'));
  });

  it('resumes after Last-Event-ID, which wins over the query', async () => {
    const projectId = await createTestProject(gateway, key);
    await pause(projectId);
    const headers = { ...stream, 'last-event-id': '1' };
    const answer = await gateway.send(`/api/projects/${projectId}/events?after=0`, { key, headers });
    const text = await readUntil(answer, 'caught_up');
    expect(text).not.toContain('id: 1\n');
    expect(text).toContain('id: 2\n');
  });

  it('acknowledges as it goes, so that a long history arrives whole', async () => {
    const projectId = await createTestProject(gateway, key);
    for (let turn = 0; turn < 300; turn += 1) await pause(projectId);
    const answer = await gateway.send(`/api/projects/${projectId}/events`, { key, headers: stream });
    const text = await readUntil(answer, 'caught_up');
    expect(text.match(/^id: \d+$/gm)?.map((line) => Number(line.slice(4)))).toEqual(
      Array.from({ length: 301 }, (_, index) => index + 1),
    );
  });

  it('refuses a sequence that has not been', async () => {
    const projectId = await createTestProject(gateway, key);
    const answer = await gateway.send(`/api/projects/${projectId}/events?after=99`, { key, headers: stream });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Problem).errors?.[0]?.field).toBe('query.after');
  });
});

describe('WebSockets', () => {
  it('hands the object’s socket over, with a key or with a ticket', async () => {
    const projectId = await createTestProject(gateway, key);
    const path = `/api/projects/${projectId}/ws`;
    const byKey = await gateway.send(path, { key, headers: upgrade });
    expect(byKey.status).toBe(101);
    expect(await framesUntil(socketOf(byKey), 'caught_up')).toMatchObject([{ type: 'event', sequence: 1 }, {}]);
    const byTicket = await gateway.send(`${path}?after=1&ticket=${await newTicket()}`, { headers: upgrade });
    expect(byTicket.status).toBe(101);
    expect(await framesUntil(socketOf(byTicket), 'caught_up')).toEqual([{ type: 'caught_up', sequence: 1 }]);
  });

  it('follows an agent', async () => {
    const projectId = await createTestProject(gateway, key);
    const path = `/api/agents/agt_${projectId.slice('prj_'.length)}/ws?after=1`;
    await expect.poll(async () => (await gateway.send(path, { key })).status).toBe(400);
    const answer = await gateway.send(path, { key, headers: upgrade });
    expect(await framesUntil(socketOf(answer), 'caught_up')).toMatchObject([{ type: 'event', sequence: 2 }, {}]);
  });

  it('says what is wrong with a request that is no upgrade', async () => {
    const projectId = await createTestProject(gateway, key);
    const answer = await gateway.send(`/api/projects/${projectId}/ws`, { key });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Problem).errors?.[0]?.field).toBe('header.upgrade');
  });

  it.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['https://aidevos.test.evil.example', 403],
    ['https://sub.dashboard.example.com', 403],
    ['https://dashboard.example.com', 101],
    ['https://aidevos.test', 101],
  ])('takes the origin %s as %i', async (origin, status) => {
    const projectId = await createTestProject(gateway, key);
    const answer = await gateway.send(`/api/projects/${projectId}/ws`, { key, headers: { ...upgrade, origin } });
    expect(answer.status).toBe(status);
    if (answer.webSocket !== null) await framesUntil(answer.webSocket, 'caught_up');
  });
});

describe('tickets', () => {
  it('work once', async () => {
    const projectId = await createTestProject(gateway, key);
    const path = `/api/projects/${projectId}/events?ticket=${await newTicket()}`;
    const first = await gateway.send(path, { headers: stream });
    expect(first.status).toBe(200);
    await first.body?.cancel();
    expect((await gateway.send(path, { headers: stream })).status).toBe(401);
  });

  it('open streams only', async () => {
    const projectId = await createTestProject(gateway, key);
    const ticket = await newTicket();
    expect((await gateway.send(`/api/projects/${projectId}?ticket=${ticket}`)).status).toBe(401);
    const posted = await gateway.send(`/api/projects/${projectId}/pause?ticket=${ticket}`, {
      method: 'POST',
      headers: stream,
    });
    expect(posted.status).toBe(401);
  });

  it('are refused when they ran out, were changed, or their key was revoked', async () => {
    const projectId = await createTestProject(gateway, key);
    const open = async (ticket: string): Promise<number> => {
      const answer = await gateway.send(`/api/projects/${projectId}/events?ticket=${ticket}`, { headers: stream });
      await answer.body?.cancel();
      return answer.status;
    };
    const past = createGateway({ clock: testCreateClock(Date.now() - 61_000) });
    const old = await past.send('/api/tickets', { key, method: 'POST' });
    expect(await open(((await old.json()) as { ticket: string }).ticket)).toBe(401);

    const ticket = await newTicket();
    expect(await open(ticket.replace('.owner.', '.operator.'))).toBe(401);
    expect(await open(`${ticket.slice(0, -1)}${ticket.endsWith('0') ? '1' : '0'}`)).toBe(401);

    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    const theirs = await gateway.send('/api/tickets', { key: viewer, method: 'POST' });
    const { ticket: revoked } = (await theirs.json()) as { ticket: string };
    const keyPath = `/api/workspaces/${workspace.workspaceId}/keys/key_${viewer.split('_')[2]}`;
    expect((await gateway.send(keyPath, { key, method: 'DELETE' })).status).toBe(200);
    expect(await open(revoked)).toBe(401);
  });
});
