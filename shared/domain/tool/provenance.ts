/** Where a result comes from: the tool and its version, the commit that was read or written on, the time. */
import { maxToolResultLength } from './results.ts';
import type { Capability } from './capability.ts';
import type { OpenContext, Tool, ToolResult } from './tool.ts';

/** Results of these are about the code as it is at a commit. */
const aboutCode: ReadonlySet<Capability> = new Set<Capability>([
  'files.read',
  'files.write',
  'code.read',
  'quality',
  'process',
]);

const headOf = async ({ repository, place }: OpenContext): Promise<string | undefined> => {
  if (/^[0-9a-f]{40}$/.test(place.ref)) return place.ref;
  try {
    return (await repository.branches()).find(({ name }) => name === place.ref)?.head;
  } catch {
    // The result is there; that its commit cannot be told is no reason to lose it.
    return undefined;
  }
};

/**
 * The result with its provenance. For a branch the commit is its head; what was written and not committed is in the
 * result as well.
 * @param at milliseconds since the epoch
 */
export const withProvenance = async (
  tool: Pick<Tool, 'name' | 'version' | 'capability'>,
  result: ToolResult,
  context: OpenContext,
  at: number,
): Promise<ToolResult> => {
  const commit = aboutCode.has(tool.capability) ? await headOf(context) : undefined;
  const truncated = result.content.length > maxToolResultLength;
  const provenance = { tool: tool.name, version: tool.version, at, truncated };
  return { ...result, provenance: commit === undefined ? provenance : { ...provenance, commit } };
};
