/**
 * A bash-like shell over a project's files: just-bash, an interpreter with limits of its own, on files in memory. No
 * process is started and nothing outside of the files is reached; what it changed is told, and written by the caller.
 */
import { Bash } from 'just-bash/browser';
import type { ShellReport, ShellRequest } from '../../../shared/rpc/sandbox.ts';
import { DeadlineExceeded, withinDeadline } from '../guard/deadline.ts';

const root = '/project';

/** What one script may do, in counts: none of them depends on the machine. */
const executionLimits = {
  maxCommandCount: 20_000,
  maxLoopIterations: 50_000,
  maxAwkIterations: 50_000,
  maxSedIterations: 50_000,
  maxJqIterations: 50_000,
  maxCallDepth: 100,
} as const;

const cutText = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}\n[cut: ${String(text.length - longest)} more characters]`;

/** What differs from before, by path; files that are no text are told apart. */
async function changesOf(bash: Bash, before: ShellRequest['files']): Promise<Pick<ShellReport, 'changes' | 'binary'>> {
  const changes: { path: string; content: string | null }[] = [];
  const binary: string[] = [];
  const there = new Set<string>();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (const full of bash.fs.getAllPaths()) {
    if (!full.startsWith(`${root}/`)) continue;
    const { isFile } = await bash.fs.stat(full);
    if (!isFile) continue;
    const path = full.slice(root.length + 1);
    there.add(path);
    try {
      const content = decoder.decode(await bash.fs.readFileBuffer(full));
      if (before[path] !== content) changes.push({ path, content });
    } catch {
      // Bytes that are no UTF-8: nothing that the repository keeps as text.
      binary.push(path);
    }
  }
  for (const path of Object.keys(before)) if (!there.has(path)) changes.push({ path, content: null });
  return { changes: changes.toSorted((left, right) => (left.path < right.path ? -1 : 1)), binary };
}

/** Never rejects because of the script: whatever becomes of it is told by the report. */
export async function runShell({ files, script, limits }: ShellRequest): Promise<ShellReport> {
  const startedAt = performance.now();
  const failed = (reason: string): ShellReport => ({
    exitCode: -1,
    stdout: '',
    stderr: reason,
    changes: [],
    binary: [],
    durationMs: Math.round(performance.now() - startedAt),
  });
  const entries = Object.entries(files).map(([path, text]) => [`${root}/${path}`, text] as const);
  const bash = new Bash({
    files: Object.fromEntries(entries),
    cwd: root,
    env: { HOME: root, PWD: root },
    executionLimits,
    // Nothing that it could wait for happens meanwhile.
    sleep: () => Promise.resolve(),
  });
  const stop = new AbortController();
  try {
    const run = bash.exec(script, { signal: stop.signal });
    const { stdout, stderr, exitCode } = await withinDeadline(run, limits.totalMs);
    const report = { exitCode, stdout: cutText(stdout, limits.outputCharacters), stderr: cutText(stderr, 20_000) };
    return { ...report, ...(await changesOf(bash, files)), durationMs: Math.round(performance.now() - startedAt) };
  } catch (cause) {
    stop.abort();
    if (cause instanceof DeadlineExceeded) return failed(`It did not end within ${String(limits.totalMs)} ms`);
    return failed(cause instanceof Error ? cause.message.slice(0, 1_000) : 'The shell failed');
  }
}
