import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../agent/events.ts';
import type { RunId } from '../ids.ts';
import { applyWork, collectWork } from './working-tree.ts';

const runId = 'run_x' as RunId;
const paths = ['a.ts', 'b/c.ts', 'd.md'];
const path = fc.constantFrom(...paths);
const text = fc.string({ maxLength: 6 });

type Action =
  | { readonly tool: 'write_files'; readonly input: { readonly files: readonly { path: string; content: string }[] } }
  | {
      readonly tool: 'edit_file';
      readonly input: { readonly path: string; readonly find: string; readonly replace: string };
    }
  | { readonly tool: 'delete_file'; readonly input: { readonly path: string } }
  | { readonly tool: 'commit'; readonly input: { readonly message: string } };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    tool: fc.constant('write_files' as const),
    input: fc.record({
      files: fc.uniqueArray(fc.record({ path, content: text }), { minLength: 1, selector: (file) => file.path }),
    }),
  }),
  fc.record({
    tool: fc.constant('edit_file' as const),
    input: fc.record({ path, find: fc.string({ minLength: 1, maxLength: 2 }), replace: text }),
  }),
  fc.record({ tool: fc.constant('delete_file' as const), input: fc.record({ path }) }),
  fc.record({ tool: fc.constant('commit' as const), input: fc.record({ message: text }) }),
);

const oid = (index: number): string => index.toString(16).padStart(40, '0');

/** Plays the actions on a plain map, as the tools would, and writes down what the agent's log would hold. */
const play = (actions: readonly (Action & { refused: boolean })[], base: ReadonlyMap<string, string>) => {
  let committed = new Map(base);
  let files = new Map(base);
  let head: string | undefined;
  const events: AgentEvent[] = [];
  for (const [index, { tool, input, refused }] of actions.entries()) {
    const id = `call_${index}`;
    const toolCalls = [{ id, name: tool, argumentsJson: JSON.stringify(input) }];
    const usage = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };
    events.push({
      type: 'model.responded',
      runId,
      text: '',
      toolCalls,
      stopReason: 'tool_calls',
      usage,
      modelTimeMs: 1,
    });
    let isError = refused;
    let content = 'done';
    if (!isError && tool === 'edit_file') {
      const parts = files.get(input.path)?.split(input.find) ?? [];
      isError = parts.length !== 2;
      if (!isError) files.set(input.path, parts.join(input.replace));
    }
    if (!isError && tool === 'delete_file') {
      isError = !files.delete(input.path);
    }
    if (!isError && tool === 'write_files') for (const file of input.files) files.set(file.path, file.content);
    if (!isError && tool === 'commit') {
      committed = new Map(files);
      head = oid(index);
      content = `Committed as ${head}.`;
    }
    events.push({ type: 'tool.returned', runId, toolCallId: id, tool, content, isError });
    files = new Map(files);
  }
  return { events, files, committed, head };
};

describe('uncommitted work', () => {
  it('is, on top of the last commit, what the files were, for any calls refused or not', async () => {
    const actions = fc.array(fc.tuple(action, fc.boolean()).map(([one, refused]) => ({ ...one, refused })));
    await fc.assert(
      fc.asyncProperty(actions, fc.dictionary(path, text), async (played, dictionary) => {
        const { events, files, committed, head } = play(played, new Map(Object.entries(dictionary)));
        const work = collectWork(events);
        expect(work.head).toBe(head);
        const contents = await applyWork(work.changes, async (wanted) => committed.get(wanted) ?? null);
        const rebuilt = new Map(committed);
        for (const [changed, content] of contents)
          if (content === null) rebuilt.delete(changed);
          else rebuilt.set(changed, content);
        const sorted = (map: ReadonlyMap<string, string>) =>
          [...map].toSorted(([left], [right]) => (left < right ? -1 : 1));
        expect(sorted(rebuilt)).toEqual(sorted(files));
      }),
    );
  });

  it('goes on from what an earlier attempt left', () => {
    const { events } = play(
      [{ tool: 'write_files', input: { files: [{ path: 'a.ts', content: '1' }] }, refused: false }],
      new Map(),
    );
    const second = play([{ tool: 'delete_file', input: { path: 'a.ts' }, refused: false }], new Map([['a.ts', '1']]));
    expect(collectWork(second.events, collectWork(events)).changes).toHaveLength(2);
  });
});
