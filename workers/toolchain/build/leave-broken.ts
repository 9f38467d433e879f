/** Entries of a build that cannot be built are left out, with all that only they import. */
import type { Diagnostic } from '../../../shared/rpc/toolchain.ts';
import type { Build } from './prepare-file.ts';
import { commonJsFolder } from './source-paths.ts';

/**
 * Takes out what the broken entries reach and no other one does; answers why each is broken. Undefined when nothing can
 * be left: no entry is broken, all are, or the problem is one of the whole build.
 */
export function leaveBroken(
  entries: readonly string[],
  state: Build,
): Readonly<Record<string, readonly Diagnostic[]>> | undefined {
  const problems = Map.groupBy(state.diagnostics, ({ file }) => file);
  const broken: Record<string, readonly Diagnostic[]> = {};
  const kept = new Set<string>();
  for (const entry of entries) {
    const reached = reachedFrom(entry, state.imports);
    const own = [...reached].flatMap((path) => problems.get(path) ?? []);
    if (own.length > 0) broken[entry] = own;
    else for (const path of reached) kept.add(path);
  }
  if (kept.size === 0 || Object.keys(broken).length === 0) return undefined;
  for (const path of state.moduleBySource.keys()) {
    if (kept.has(path)) continue;
    const name = state.moduleName(path);
    state.modules.delete(name);
    state.modules.delete(`${commonJsFolder}${name}`);
    state.moduleBySource.delete(path);
  }
  return broken;
}

function reachedFrom(entry: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const path of reached) for (const next of imports.get(path) ?? []) reached.add(next);
  return reached;
}
