/** An agent that knows its own name and answers from it. */
import { EventStore, ManagedObject } from '../../../durable-objects/platform/index.ts';
import { parseId, type AgentId, type ProjectId, type WorkspaceId } from '../../../shared/domain/ids.ts';
import { ok } from '../../../shared/errors/result.ts';
import type { AgentReplayRpc } from '../../../shared/rpc/replay.ts';
import type { AgentRpc } from '../../../shared/rpc/agent.ts';
import type { EventsQuery } from '../../../shared/rpc/events-query.ts';

type Event = { readonly type: 'agent.waited' };

export class FakeAgent extends ManagedObject {
  readonly #events: EventStore<number, Event>;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, { migrations: [] });
    this.#events = new EventStore(this.storage, { initial: 0, stateVersion: 1, evolve: (count) => count + 1 });
  }

  protected override initialize(): void {
    this.#events.append([{ type: 'agent.waited' }, { type: 'agent.waited' }], 1);
  }

  override async fetch(request: Request): Promise<Response> {
    return this.sockets.accept(request);
  }

  async get(): ReturnType<AgentRpc['get']> {
    const [workspaceId, , agentId] = (this.ctx.id.name ?? '').split('/');
    const id = parseId('agt', agentId ?? '') as AgentId;
    return ok({
      agentId: id,
      projectId: `prj_${id.slice('agt_'.length)}` as ProjectId,
      workspaceId: workspaceId as WorkspaceId,
      role: 'backend',
      name: 'backend-1',
      model: 'offline/engineer',
      status: 'idle',
      runsFinished: 0,
      usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0, modelTimeMs: 0 },
      sequence: this.#events.sequence,
    });
  }

  async modelCalls(): ReturnType<AgentRpc['modelCalls']> {
    return ok([]);
  }

  async stateHash({ sequence }: { readonly sequence: number }): ReturnType<AgentReplayRpc['stateHash']> {
    return ok({ sequence, hash: `hash of ${sequence}` });
  }

  async journalEntries({ after }: { readonly after: string }): ReturnType<AgentReplayRpc['journalEntries']> {
    const entry = { key: 'run/model/0', effectClass: 'idempotent', status: 'done', attempt: 1, startedAt: 1 };
    return ok(after === '' ? [{ ...entry, value: { ok: true }, settledAt: 2 }] : []);
  }

  async messages(): ReturnType<AgentRpc['messages']> {
    return ok([]);
  }

  async events(query: EventsQuery): ReturnType<AgentRpc['events']> {
    return this.#events.page(query);
  }
}
