/**
 * What a run had written and not committed at a step, from its own recorded calls: nothing is executed again, and only
 * calls that succeeded count.
 */
import { z } from 'zod';
import type { AgentEvent } from '../agent/events.ts';
import type { ToolCall } from '../../ports/model-client.ts';

export type TreeChange =
  | { readonly type: 'write'; readonly path: string; readonly content: string | null }
  | { readonly type: 'edit'; readonly path: string; readonly find: string; readonly replace: string };

export interface UncommittedWork {
  /** The last commit that the run itself made or merged; absent when it made none. */
  readonly head?: string;
  /** In the order in which they were made. */
  readonly changes: readonly TreeChange[];
}

const writeInput = z.object({ files: z.array(z.object({ path: z.string(), content: z.string() })) });
const editInput = z.object({ path: z.string(), find: z.string(), replace: z.string() });
const deleteInput = z.object({ path: z.string() });

const parse = (argumentsJson: string): unknown => {
  try {
    return JSON.parse(argumentsJson);
  } catch {
    // A call that succeeded had arguments that parse; another changes nothing.
    return undefined;
  }
};

const changesOf = (tool: string, argumentsJson: string): readonly TreeChange[] => {
  const input = parse(argumentsJson);
  switch (tool) {
    case 'write_files':
      return (writeInput.safeParse(input).data?.files ?? []).map((file) => ({ type: 'write', ...file }));
    case 'edit_file': {
      const edit = editInput.safeParse(input).data;
      return edit === undefined ? [] : [{ type: 'edit', ...edit }];
    }
    case 'delete_file': {
      const path = deleteInput.safeParse(input).data?.path;
      return path === undefined ? [] : [{ type: 'write', path, content: null }];
    }
    default:
      return [];
  }
};

const commitPattern = /\b[0-9a-f]{40}\b/;

/** Goes through the events of a run, on top of what earlier runs of the same task had left. */
export const collectWork = (
  events: readonly AgentEvent[],
  before: UncommittedWork = { changes: [] },
): UncommittedWork => {
  let work = before;
  const calls = new Map<string, ToolCall>();
  for (const event of events) {
    if (event.type === 'model.responded') for (const call of event.toolCalls) calls.set(call.id, call);
    if (event.type !== 'tool.returned' || event.isError) continue;
    if (event.tool === 'commit' || event.tool === 'update_branch') {
      const head = commitPattern.exec(event.content)?.[0];
      if (head !== undefined) work = { head, changes: [] };
      continue;
    }
    const made = changesOf(event.tool, calls.get(event.toolCallId)?.argumentsJson ?? '');
    if (made.length > 0) work = { ...work, changes: [...work.changes, ...made] };
  }
  return work;
};

/** The contents that the changes leave, each path once. `read` gives a file of the commit below, null when it has none. */
export const applyWork = async (
  changes: readonly TreeChange[],
  read: (path: string) => Promise<string | null>,
): Promise<ReadonlyMap<string, string | null>> => {
  const contents = new Map<string, string | null>();
  for (const change of changes) {
    if (change.type === 'write') {
      contents.set(change.path, change.content);
      continue;
    }
    const present = contents.has(change.path) ? contents.get(change.path) : await read(change.path);
    if (present === undefined || present === null) continue;
    contents.set(change.path, present.split(change.find).join(change.replace));
  }
  return contents;
};
