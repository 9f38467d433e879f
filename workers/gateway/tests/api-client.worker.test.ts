import { hc } from 'hono/client';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { ProjectEvent } from '../../../shared/protocol/project-events.ts';
import type { Api } from '../api.ts';
import { createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
});

describe('the typed client', () => {
  it('speaks the API and knows its answers', async () => {
    const client = hc<Api>('https://aidevos.test', {
      headers: { authorization: `Bearer ${key}` },
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
        const request = new Request(input, init);
        const body = request.body === null ? undefined : await request.text();
        return await gateway.send(new URL(request.url).pathname + new URL(request.url).search, {
          method: request.method,
          headers: Object.fromEntries(request.headers),
          ...(body === undefined ? {} : { body }),
        });
      },
    });
    const created = await client.api.projects.$post({ query: {}, json: { specification: '# x', name: 'Typed' } });
    if (created.status !== 201) throw new Error((await created.json()).detail);
    const project = await created.json();
    expectTypeOf(project.status).toEqualTypeOf<
      'active' | 'paused' | 'completed' | 'blocked' | 'failed' | 'cancelled'
    >();
    const param = { projectId: project.projectId };
    const events = await client.api.projects[':projectId'].events.$get({ param, query: { after: '0' } });
    if (events.status !== 200) throw new Error('no events');
    const page = await events.json();
    expectTypeOf(page.events[0]?.event.type).toEqualTypeOf<ProjectEvent['type'] | undefined>();
    expect(page.events[0]?.event.type).toBe('project.created');
    const missing = await client.api.projects[':projectId'].$get({ param: { projectId: 'nope' } });
    expect(missing.ok).toBe(false);
  });
});
