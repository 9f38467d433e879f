import { describe, expect, inject, it } from 'vitest';
import WebSocket from 'ws';
import { buildProject, request, sendJson } from './client.ts';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';

interface Frame {
  readonly type: string;
  readonly sequence: number;
  readonly event?: { readonly type: string };
}

/** Reads a project's socket until it has caught up, acknowledging as a client does. */
const readSocket = async (projectId: string, after: number): Promise<readonly Frame[]> => {
  const { json } = await sendJson('/api/tickets', {});
  const { ticket } = json as { readonly ticket: string };
  const url = `${inject('url').replace('http', 'ws')}/api/projects/${projectId}/ws?after=${after}&ticket=${encodeURIComponent(ticket)}`;
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as Frame;
      frames.push(frame);
      if (frame.type === 'event') socket.send(JSON.stringify({ type: 'ack', sequence: frame.sequence }));
      if (frame.type === 'caught_up') socket.close();
    });
  });
  return frames.filter(({ type }) => type === 'event');
};

describe('the events of a project', () => {
  it('are the same without a gap over pages, WebSocket and server-sent events, from any sequence', async () => {
    const { projectId } = await buildProject(specification);
    const { json } = await request(`/api/projects/${projectId}/events?after=0&limit=1000`);
    const page = (json as { readonly events: readonly Frame[] }).events;
    const last = page.at(-1)?.sequence ?? 0;
    expect(page.map(({ sequence }) => sequence)).toEqual(Array.from({ length: page.length }, (_, index) => index + 1));

    const all = await readSocket(projectId, 0);
    expect(all.map(({ sequence }) => sequence)).toEqual(page.map(({ sequence }) => sequence));
    const middle = Math.floor(last / 2);
    const rest = await readSocket(projectId, middle);
    expect(rest[0]?.sequence).toBe(middle + 1);
    expect(rest.at(-1)?.sequence).toBe(last);

    const stop = new AbortController();
    const stream = await fetch(`${inject('url')}/api/projects/${projectId}/events`, {
      headers: {
        authorization: `Bearer ${inject('apiKey')}`,
        accept: 'text/event-stream',
        'last-event-id': String(last - 2),
      },
      signal: stop.signal,
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = stream.body?.getReader();
    let text = '';
    while (reader !== undefined && !text.includes(`id: ${last}`)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    stop.abort();
    expect(text).toContain(`id: ${last - 1}`);
    expect(text).not.toContain(`id: ${last - 2}\n`);
  });

  it('are not given to strangers', async () => {
    const { projectId } = await buildProject(specification);
    const made = await sendJson('/api/workspaces', { name: 'Strangers' });
    expect(made.status).toBe(201);
    const { key } = (made.json as { readonly ownerKey: { readonly key: string } }).ownerKey;
    for (const path of ['', '/events', '/tasks', '/agents', '/files', '/report', '/messages', '/deployments']) {
      expect((await request(`/api/projects/${projectId}${path}`, { key })).status).toBe(404);
    }
    expect((await request(`/api/projects/${projectId}`, { key: null })).status).toBe(401);
  });
});
