/** A model whose answers a test writes: it stands behind the platform's own port, in place of the offline engineer. */
import { vi } from 'vitest';
import { readConversation, type Answer, type Conversation } from '../../shared/domain/offline-engineer/conversation.ts';
import { offlineEngineer } from '../../shared/domain/offline-engineer/engineer.ts';
import type { ModelEvent, ModelFailure, ModelRequest } from '../../shared/ports/model-client.ts';

/** What the model is asked: which model, for which task, and how often this run was answered before. */
export interface Asked extends Conversation {
  readonly model: string;
  readonly kind: string;
  readonly key: string;
  readonly attempt: number;
  readonly request: ModelRequest;
}

export type Reply = Answer | { readonly failure: ModelFailure };
export type Script = (asked: Asked) => Reply | Promise<Reply>;

function* toEvents(request: ModelRequest, reply: Reply): Generator<ModelEvent> {
  if ('failure' in reply) {
    yield { type: 'failed', failure: reply.failure };
    return;
  }
  yield { type: 'text_delta', text: reply.text };
  for (const [index, { tool, input }] of reply.calls.entries()) {
    yield { type: 'tool_call_started', index, id: `call_${request.messages.length}_${index}`, name: tool };
    yield { type: 'tool_call_delta', index, argumentsText: JSON.stringify(input) };
  }
  yield { type: 'usage', usage: { inputTokens: 10, outputTokens: 10, cachedInputTokens: 0 } };
  yield { type: 'finished', stopReason: reply.calls.length > 0 ? 'tool_calls' : 'end' };
}

/** Every `offline/…` model answers by the script from now on. */
export const scriptModel = (script: Script): void => {
  vi.spyOn(offlineEngineer, 'stream').mockImplementation(async function* (request) {
    const conversation = readConversation(request);
    const { header } = conversation;
    const reply = await script({
      ...conversation,
      model: request.model,
      kind: header.get('Kind') ?? '',
      key: header.get('Key') ?? '',
      attempt: Number(header.get('Attempt') ?? '1'),
      request,
    });
    yield* toEvents(request, reply);
  });
};

export const call = (tool: string, input: unknown = {}): Answer['calls'][number] => ({ tool, input });
export const says = (text: string, ...calls: Answer['calls']): Answer => ({ text, calls });

/** A task of a plan, with a folder of its own. */
export const planned = (key: string, more: object = {}): object => ({
  key,
  title: `The part ${key}`,
  kind: 'implement',
  role: 'backend',
  description: key,
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 10,
  estimateMinutes: 5,
  paths: [`src/${key}/`],
  ...more,
});

/** Writes one file, commits, hands in; one call at a time. */
export const work = (asked: Asked, path = `src/${asked.key}/${asked.key}.ts`): Reply => {
  const done = asked.calls.map(({ tool }) => tool);
  if (!done.includes('write_files'))
    return says('I write.', call('write_files', { files: [{ path, content: `export const by = '${path}';\n` }] }));
  if (!done.includes('commit')) return says('I commit.', call('commit', { message: asked.key }));
  return says('Done.', call('complete_task', { summary: `${asked.key} is done.` }));
};

/** The usual answers of a team whose plan is these tasks; a test changes those it is about. */
export const teamScript =
  (tasks: readonly object[], own: (asked: Asked) => Reply | Promise<Reply> | undefined): Script =>
  (asked) => {
    const answer = own(asked);
    if (answer !== undefined) return answer;
    switch (asked.kind) {
      case 'plan':
        return says('A plan.', call('submit_plan', { summary: 'A plan.', tasks }));
      case 'analyse':
        return says('Clear.', call('submit_analysis', { summary: 'Clear.', findings: [] }));
      case 'review':
        return says('Good.', call('submit_review', { verdict: 'approve', comments: [] }));
      case 'implement':
        return work(asked);
      case 'judge':
        return says('No.', call('submit_verdict', { verdict: 'fail', reasons: ['there is no application'] }));
      default:
        return says('I have nothing to say.');
    }
  };
