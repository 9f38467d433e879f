/** The same work by ts-morph and by `tsc`, in processes of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';
import type { MeasuredFile } from './code-files.ts';

const run = promisify(execFile);

export interface PeerFigures {
  readonly outlineMs: number;
  readonly editMs: readonly number[];
  readonly impactMs: number;
}

const program = `
import { Project } from 'ts-morph';
const [folder, edited, addition, rounds] = JSON.parse(process.argv[2]);
let begun = performance.now();
const project = new Project({ compilerOptions: { strict: true, noEmit: true, module: 99, moduleResolution: 100, target: 99, allowImportingTsExtensions: true, skipLibCheck: true, types: [] } });
project.addSourceFilesAtPaths(folder + '/**/*.ts');
let symbols = 0;
for (const file of project.getSourceFiles()) {
  for (const found of [...file.getFunctions(), ...file.getInterfaces(), ...file.getTypeAliases(), ...file.getVariableDeclarations()]) { found.getName(); found.getStartLineNumber(); symbols += 1; }
  for (const found of file.getClasses()) symbols += found.getMembers().length;
}
const outlineMs = performance.now() - begun;
const file = project.getSourceFileOrThrow(folder + '/' + edited);
const text = file.getFullText();
file.getPreEmitDiagnostics();
const editMs = [];
for (let round = 0; round < rounds; round += 1) {
  begun = performance.now();
  file.replaceWithText(text + addition.replaceAll('#', String(round)));
  file.getPreEmitDiagnostics();
  editMs.push(performance.now() - begun);
}
begun = performance.now();
const reached = new Set([file]);
for (const next of reached) for (const user of next.getReferencingSourceFiles()) reached.add(user);
console.log(JSON.stringify({ outlineMs, editMs, impactMs: performance.now() - begun, reached: reached.size, symbols }));
`;

/** Writes the files and installs ts-morph beside them; undefined when it cannot be had. */
export const measureTsMorph = async (
  folder: string,
  edit: { readonly path: string; readonly addition: string; readonly rounds: number },
): Promise<PeerFigures | undefined> => {
  const tools = join(folder, 'tools');
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(tools, 'peer.mjs'), program);
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', 'ts-morph@27.0.2'], { cwd: tools });
  } catch {
    // Without a registry there is nothing to compare with; the figures say so.
    return undefined;
  }
  const settings = JSON.stringify([join(folder, 'files'), edit.path, edit.addition, edit.rounds]);
  const { stdout } = await run(process.execPath, [join(tools, 'peer.mjs'), settings], { maxBuffer: 1e7 });
  // SAFETY: the program above prints this shape.
  return JSON.parse(stdout) as PeerFigures;
};

/** A whole check by `tsc`, in milliseconds; that is what it costs without a service that stays. */
export const measureCompiler = async (folder: string): Promise<number> => {
  const config = join(folder, 'files', 'tsconfig.json');
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2024',
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const begun = performance.now();
  try {
    await run(process.execPath, [join(repositoryRoot, 'node_modules/typescript6/lib/tsc.js'), '-p', config], {
      maxBuffer: 1e8,
    });
  } catch {
    // Findings make it end with an error; only the time is wanted.
  }
  return performance.now() - begun;
};

export const writeFiles = (folder: string, files: readonly MeasuredFile[]): void => {
  for (const { path, text } of files) {
    const target = join(folder, 'files', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
};
