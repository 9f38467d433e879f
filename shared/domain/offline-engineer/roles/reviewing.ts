/** Reviews and votes: by rules that look at the change itself and at what its tests say. */
import { covers } from '../../task/plan.ts';
import { isTestFile } from '../../tool/check-tools.ts';
import type { Blueprint } from '../blueprint.ts';
import { answer, lastCall, readSection, type Answer, type Conversation, type MadeCall } from '../conversation.ts';

const suspicious: readonly (readonly [RegExp, string])[] = [
  [/\beval\s*\(/, 'runs text as code'],
  [/\bnew Function\s*\(/, 'runs text as code'],
  [/:\s*any\s*(?:[;,)=|\]>}]|$)|\bas any\b/, 'gives up type checking'],
  [/\b(?:TODO|FIXME)\b/, 'leaves work undone'],
  [/@ts-(?:ignore|nocheck)/, 'silences the type checker'],
  [/\b(?:it|test|describe)\.(?:only|skip)\(/, 'leaves tests out'],
];

const isComment = (line: string): boolean => /^\s*(?:\/\/|\/?\*)/.test(line);

interface ChangedFile {
  readonly path: string;
  readonly added: readonly string[];
}

const readChangedFiles = (diffs: readonly string[]): readonly ChangedFile[] => {
  const files = new Map<string, string[]>();
  for (const diff of diffs) {
    let added: string[] | undefined;
    for (const line of diff.split('\n')) {
      const header = /^\+\+\+ b\/(.+)$/.exec(line);
      if (header?.[1] !== undefined) files.set(header[1], (added = []));
      else if (line.startsWith('+')) added?.push(line.slice(1));
    }
  }
  return [...files].map(([path, added]) => ({ path, added }));
};

const filesPerCall = 5;

/** The files that the first answer names before the patches. */
const listChanged = (diff: string): readonly string[] =>
  (diff.split('\n\n')[0] ?? '').split('\n').flatMap((line) => /^(?:added|modified) (.+)$/.exec(line)?.[1] ?? []);

/** The files of the change that no diff has shown yet. A diff that was cut names all files and shows the first ones. */
const unseenFiles = (diffs: readonly MadeCall[]): readonly string[] => {
  const [first] = diffs;
  if (first === undefined || !first.content.includes('[cut after')) return [];
  const all = listChanged(first.content);
  const asked = new Set(
    diffs.slice(1).flatMap(({ argumentsJson }) => all.filter((path) => argumentsJson.includes(JSON.stringify(path)))),
  );
  const shown = all.filter((path) => first.content.includes(`+++ b/${path}\n`)).slice(0, -1);
  return all.filter((path) => !asked.has(path) && !shown.includes(path));
};

const isTest = (path: string): boolean => path.startsWith('test/') || /\.test\.[a-z]+$/.test(path);

const findFaults = (
  paths: readonly string[],
  files: readonly ChangedFile[],
  allowed: readonly string[],
): readonly string[] => {
  const comments = paths
    .filter((path) => !allowed.some((pattern) => covers(pattern, path)))
    .map((path) => `${path} is outside of this task.`);
  for (const { path, added } of files) {
    for (const [pattern, why] of suspicious) {
      const at = /\.[jt]s$/.test(path) ? added.findIndex((line) => !isComment(line) && pattern.test(line)) : -1;
      if (at !== -1) comments.push(`${path}: “${(added[at] ?? '').trim()}” ${why}.`);
    }
  }
  const changesCode = paths.some((path) => path.startsWith('src/'));
  if (changesCode && !paths.some(isTest)) comments.push('The change comes without a test.');
  return comments;
};

export const review = (conversation: Conversation): Answer => {
  const diffs = conversation.calls.filter(({ tool }) => tool === 'read_diff');
  const [first] = diffs;
  if (first === undefined) return answer('I read the change.', { tool: 'read_diff', input: {} });
  const unseen = unseenFiles(diffs);
  if (unseen.length > 0) {
    return answer('I read on.', { tool: 'read_diff', input: { files: unseen.slice(0, filesPerCall) } });
  }
  const paths = listChanged(first.content);
  const changedTests = paths.filter(isTestFile);
  const tests = lastCall(conversation, 'run_tests');
  if (tests === undefined && changedTests.length > 0) {
    return answer('I run its tests.', { tool: 'run_tests', input: { files: changedTests } });
  }
  const files = readChangedFiles(diffs.map(({ content }) => content));
  const comments = [...findFaults(paths, files, readSection(conversation.task, 'Paths it may write'))];
  if (tests?.isError === true) comments.push(`The tests fail: ${tests.content.slice(0, 500)}`);
  return answer(comments.length === 0 ? 'I found nothing to change.' : 'This needs changes.', {
    tool: 'submit_review',
    input: { verdict: comments.length === 0 ? 'approve' : 'reject', comments: comments.slice(0, 20) },
  });
};

/** Votes for a design that is there and speaks of every part that will be built. */
export const vote = (conversation: Conversation, blueprint: Blueprint): Answer => {
  const documents = blueprint.files.filter(({ kind, item }) => kind === 'document' && item === 'design');
  const listing = lastCall(conversation, 'list_files');
  if (listing === undefined) return answer('I look at what was designed.', { tool: 'list_files', input: {} });
  const missing = documents.filter(({ path }) => !listing.content.includes(path)).map(({ path }) => path);
  return answer(missing.length === 0 ? 'The design is whole.' : 'The design is not whole.', {
    tool: 'submit_vote',
    input:
      missing.length === 0
        ? {
            vote: 'approve',
            reason: 'The design covers every part of the specification and can be built in small steps.',
          }
        : { vote: 'reject', reason: `These documents are missing: ${missing.join(', ')}.` },
  });
};
