/** Questions about code: outlines of 1,000 files, a type check after an edit, an impact query; next to ts-morph and tsc. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare, convertV4MiniflareOptions } from 'miniflare';
import type { CodeQuery, CodeReply, CodeRequest } from '../../shared/rpc/code.ts';
import { capture } from '../../scripts/platform/child-process.ts';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';
import { readModules } from '../../scripts/platform/worker-modules.ts';
import { wranglerEnvironment, wranglerProgram } from '../../scripts/platform/wrangler.ts';
import { median } from '../statistics.ts';
import { readMeasuredFiles, type MeasuredFile } from './code-files.ts';
import { measureCompiler, measureTsMorph, writeFiles } from './code-peers.ts';

const fileCount = 1_000;
const rounds = 15;
const edited = 'shared/domain/code/import-graph.ts';
const addition = '\nexport const added# = (value: number): string => value;\n';

type Send = (request: CodeRequest) => Promise<CodeReply>;

const startWorker = async (folder: string): Promise<{ readonly send: Send; readonly stop: () => Promise<void> }> => {
  const modulesFolder = join(folder, 'worker');
  const config = join(repositoryRoot, 'benchmarks/quality/code-worker/wrangler.toml');
  const built = await capture(
    process.execPath,
    ['--no-warnings', wranglerProgram, 'deploy', '--dry-run', '--outdir', modulesFolder, '--config', config],
    { cwd: repositoryRoot, environment: wranglerEnvironment(folder) },
  );
  if (built.exitCode !== 0) throw new Error(`the measuring Worker does not bundle:\n${built.output}`);
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      telemetry: { enabled: false },
      workers: [
        {
          name: 'code',
          compatibilityDate: '2026-10-20',
          compatibilityFlags: ['nodejs_compat'],
          modulesRoot: modulesFolder,
          modules: readModules(modulesFolder, 'entry.js'),
        },
      ],
    }),
  );
  const url = await runtime.ready;
  const send: Send = async (request) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
    if (!response.ok) throw new Error(`the measuring Worker answered ${response.status}: ${await response.text()}`);
    // SAFETY: the Worker is ours and answers this shape.
    return (await response.json()) as CodeReply;
  };
  return { send, stop: () => runtime.dispose() };
};

/** Milliseconds until the answer, with all texts that are asked for on the way. */
const time = async (
  send: Send,
  files: readonly MeasuredFile[],
  query: CodeQuery,
  overlay: Readonly<Record<string, string>> = {},
): Promise<{ readonly ms: number; readonly answer: object }> => {
  const begun = performance.now();
  const listing = files.map(({ path, oid, sizeBytes }) => ({ path, oid, sizeBytes }));
  let texts: Record<string, string> = {};
  for (;;) {
    const reply = await send({ files: listing, texts, overlay, query });
    if (reply.status === 'answer') return { ms: performance.now() - begun, answer: reply.answer };
    if (reply.status === 'refused') throw new Error(`${reply.field}: ${reply.reason}`);
    const wanted = new Set(reply.oids);
    texts = Object.fromEntries(files.flatMap(({ oid, text }) => (wanted.has(oid) ? [[oid, text]] : [])));
  }
};

const measureOurs = async (folder: string, files: readonly MeasuredFile[]) => {
  const { send, stop } = await startWorker(folder);
  try {
    const outline: CodeQuery = { kind: 'outline', limit: fileCount };
    const first = await time(send, files, outline);
    const warm = await time(send, files, outline);
    const check: CodeQuery = { kind: 'diagnostics', path: edited, limit: 100 };
    const text = files.find(({ path }) => path === edited)?.text ?? '';
    const cold = await time(send, files, check);
    const editMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const overlay = { [edited]: text + addition.replaceAll('#', String(round)) };
      const { ms, answer } = await time(send, files, check, overlay);
      if (!JSON.stringify(answer).includes('TS2322')) throw new Error('the edit was not checked');
      editMs.push(ms);
    }
    const impacts: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      impacts.push((await time(send, files, { kind: 'impact', paths: [edited] })).ms);
    return {
      outlineFirstMs: first.ms,
      outlineWarmMs: warm.ms,
      checkColdMs: cold.ms,
      editMs: median(editMs),
      impactMs: median(impacts),
    };
  } finally {
    await stop();
  }
};

export const measureCode = async (tell: (line: string) => void): Promise<object> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-code-'));
  try {
    const files = readMeasuredFiles(fileCount);
    writeFiles(folder, files);
    tell(`Questions about ${files.length} files …`);
    const ours = await measureOurs(folder, files);
    const peer = await measureTsMorph(folder, { path: edited, addition, rounds });
    const compilerMs = await measureCompiler(folder);
    const tsMorph = peer === undefined ? null : { ...peer, editMs: median(peer.editMs) };
    const ratio = (theirs: number | undefined, own: number): number | null =>
      theirs === undefined ? null : theirs / own;
    const ratios = {
      outline: ratio(peer?.outlineMs, ours.outlineFirstMs),
      editToTsMorph: ratio(tsMorph?.editMs, ours.editMs),
      editToTsc: ratio(compilerMs, ours.editMs),
      impact: ratio(peer?.impactMs, ours.impactMs),
    };
    tell(
      `outline first ${ours.outlineFirstMs.toFixed(0)} ms, again ${ours.outlineWarmMs.toFixed(0)} ms; ts-morph ${peer?.outlineMs.toFixed(0) ?? '?'} ms`,
    );
    tell(
      `check after an edit ${ours.editMs.toFixed(1)} ms (target ≤ 50 ms); ts-morph ${tsMorph?.editMs.toFixed(1) ?? '?'} ms, tsc ${compilerMs.toFixed(0)} ms`,
    );
    tell(`impact ${ours.impactMs.toFixed(1)} ms; ts-morph ${peer?.impactMs.toFixed(1) ?? '?'} ms`);
    return { files: files.length, ours, tsMorph, compilerMs, ratios };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
