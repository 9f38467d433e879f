import { abortAllDurableObjects, env, evictDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { agentStub, projectStub } from '../../durable-objects/stubs.ts';
import { createId, type AgentId, type MessageId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { Message } from '../../shared/domain/message/envelope.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
const projectId: ProjectId = createId('prj', Date.now(), random());
let agentId: AgentId;

/** A new stub each time, because one whose object was aborted stays broken. */
const agent = () => agentStub(env, workspaceId, agentId);

const message = (over: Partial<Message> = {}): Message => ({
  messageId: createId('msg', Date.now(), random()),
  sender: 'person:key_1',
  recipient: `agent:${agentId}`,
  messageType: 'note',
  content: 'Good morning.',
  timestamp: 1,
  stamp: { workspaceId, sequence: 0 },
  ...over,
});

beforeEach(async () => {
  agentId = createId('agt', Date.now(), random());
  const command = { workspaceId, projectId, agentId, role: 'backend', name: 'backend-1', model: 'offline/engineer' };
  const enrolled = await agent().enroll({ commandId: 'enroll', ...command });
  expect(enrolled.ok).toBe(true);
});

describe('an agent', () => {
  it('keeps, acknowledges and deduplicates messages, also after it was killed', async () => {
    const note = message();
    expect(await agent().receiveMessage(note)).toMatchObject({
      ok: true,
      value: { messageId: note.messageId, repeated: false },
    });
    await scheduler.wait(0);
    await abortAllDurableObjects();
    expect(await agent().receiveMessage(note)).toMatchObject({ ok: true, value: { repeated: true } });
    const kept = await agent().messages({ after: 0, limit: 10 });
    expect(kept.ok && kept.value.map(({ direction, message: { content } }) => `${direction}: ${content}`)).toEqual([
      'received: Good morning.',
    ]);
  });

  it('refuses the same message id with another body', async () => {
    const note = message();
    await agent().receiveMessage(note);
    expect(await agent().receiveMessage({ ...note, content: 'Good evening.' })).toMatchObject({
      ok: false,
      error: { type: 'idempotency.mismatch' },
    });
  });

  it('takes assignments from its own project only', async () => {
    await agent().receiveMessage(
      message({ messageType: 'task.assign', content: '{"fencingToken":1}', sender: 'agent:somebody' }),
    );
    expect(await agent().get()).toMatchObject({ ok: true, value: { status: 'idle' } });
  });

  it('saves and loads its state at any sequence, also after hibernation', async () => {
    await agent().receiveMessage(message());
    const saved = await agent().saveState();
    if (!saved.ok) throw new Error(saved.error.detail);
    await evictDurableObject(env.AGENT.getByName(`${workspaceId}/agent/${agentId}`));
    expect(await agent().loadState({ sequence: saved.value.sequence })).toMatchObject({
      ok: true,
      value: { identity: { role: 'backend' } },
    });
    const before = await agent().loadState({ sequence: 0 });
    expect(before.ok && before.value['identity']).toBeUndefined();
    expect(await agent().loadState({ sequence: 99 })).toMatchObject({
      ok: false,
      error: { type: 'resource.not_found' },
    });
  });

  it('keeps what it sends until its project acknowledges', async () => {
    const sent = await agent().sendMessage({ commandId: 's1', recipient: '*', messageType: 'note', content: 'Lunch?' });
    expect(sent.ok).toBe(true);
    await agent().sendMessage({ commandId: 's1', recipient: '*', messageType: 'note', content: 'Lunch?' });
    const kept = await agent().messages({ after: 0, limit: 10 });
    expect(kept.ok && kept.value.map(({ direction, message: { sender } }) => [direction, sender])).toEqual([
      ['sent', `agent:${agentId}`],
    ]);
  });

  it('does not exist until it was enrolled, and never under another identity', async () => {
    const stranger = agentStub(env, workspaceId, createId('agt', Date.now(), random()));
    expect(await stranger.get()).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    expect(await stranger.receiveMessage(message())).toMatchObject({
      ok: false,
      error: { type: 'resource.not_found' },
    });
    const command = { workspaceId, projectId, agentId, role: 'judge', name: 'judge', model: 'offline/engineer' };
    expect(await agent().enroll({ commandId: 'again', ...command })).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict' },
    });
  });
});

describe('a project', () => {
  it('relays a message to a role, keeps it for the monitor, and refuses strangers', async () => {
    const id: ProjectId = createId('prj', Date.now(), random());
    const project = projectStub(env, workspaceId, id);
    await project.create({
      commandId: 'c',
      workspaceId,
      projectId: id,
      specification: '# A\n\nA note has a title (required).\n',
    });
    const sent = await project.sendMessage({
      commandId: 'm1',
      sender: 'person:key_1',
      recipient: 'role:backend',
      messageType: 'note',
      content: 'Hello',
    });
    expect(sent.ok).toBe(true);
    const again = await project.sendMessage({
      commandId: 'm1',
      sender: 'person:key_1',
      recipient: 'role:backend',
      messageType: 'note',
      content: 'Hello',
    });
    expect(again).toEqual(sent);
    const nobody = await project.sendMessage({
      commandId: 'm2',
      sender: 'person:key_1',
      recipient: 'role:pilot',
      messageType: 'note',
      content: 'Hello',
    });
    expect(nobody).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    const messages = await project.messages({ after: 0, limit: 100 });
    const notes = messages.ok ? messages.value.filter(({ message: { content } }) => content === 'Hello') : [];
    expect(notes).toHaveLength(2);
    const forged = message({
      sender: `agent:${createId('agt', 1, random())}`,
      messageId: createId('msg', 1, random()) as MessageId,
    });
    expect(await project.receiveMessage(forged)).toMatchObject({ ok: false, error: { type: 'auth.forbidden' } });
    await project.cancel({ commandId: 'end' });
  });
});
