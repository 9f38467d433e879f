import { describe, expect, it } from 'vitest';
import { authorIssues, messageIssues, normalizeMessage } from './commit-input.ts';
import { summaryOf, evolveRepository, initialRepositoryState, type RepositoryEvent } from './events.ts';
import { changeIssues } from './file-changes.ts';
import { branchNameProblem, referenceInTheWay, referenceNameProblem } from './ref-name.ts';

describe('branchNameProblem', () => {
  it.each(['main', 'task/tsk_01', 'feature/ü', 'a.b', 'v1.0', '@a'])('accepts %j', (name) => {
    expect(branchNameProblem(name)).toBeUndefined();
  });

  it.each([
    '',
    '@',
    'a..b',
    'a@{b',
    'a^',
    'a?',
    'a[b',
    'a\\b',
    'x/.y',
    '.x',
    'x.lock/y',
    'x.',
    'a//b',
    'a\tb',
    'head',
    '\uD800',
  ])('refuses %j', (name) => {
    expect(branchNameProblem(name)).toEqual(expect.any(String));
  });

  it('keeps only branches and tags', () => {
    expect(referenceNameProblem('refs/heads/main')).toBeUndefined();
    expect(referenceNameProblem('refs/tags/v1')).toBeUndefined();
    for (const name of ['main', 'HEAD', 'refs/notes/x', 'refs/heads/', 'refs/heads/../x', 'refs/heads/a\nb'])
      expect(referenceNameProblem(name)).toEqual(expect.any(String));
  });

  it('finds the name that stands in the way', () => {
    expect(referenceInTheWay('a/b', ['x', 'a'])).toBe('a');
    expect(referenceInTheWay('a', ['a/b'])).toBe('a/b');
    expect(referenceInTheWay('A', ['a'])).toBe('a');
    expect(referenceInTheWay('ab', ['a', 'ab', 'abc/d'])).toBeUndefined();
  });
});

describe('commit input', () => {
  it('accepts what git can write and names what it cannot', () => {
    expect(authorIssues({ name: 'Ada Example', email: 'ada@example.com' })).toEqual([]);
    expect(authorIssues({ name: 'A\nB', email: 'a b>' }).map((issue) => issue.field)).toEqual([
      'author.name',
      'author.email',
    ]);
    expect(authorIssues(null)).toHaveLength(1);
    expect(authorIssues({ name: 1 })).toHaveLength(2);
    expect(messageIssues('Add x')).toEqual([]);
    expect(messageIssues('\n')).toHaveLength(1);
  });

  it('normalizes messages', () => {
    expect(normalizeMessage('\r\n Add x\r\n\r\nBecause.\n\n')).toBe('Add x\n\nBecause.\n');
  });

  it('shortens summaries without cutting a character', () => {
    expect(summaryOf('Add x\n\nBecause.')).toBe('Add x');
    expect(summaryOf('😀'.repeat(150)).isWellFormed()).toBe(true);
  });
});

describe('changeIssues', () => {
  it('names each fault once and shows unprintable paths safely', () => {
    const issues = changeIssues(new Set(['a']), [
      { path: 'a\u0007', content: '' },
      { path: 'x'.repeat(600), content: '' },
      { path: 7, content: '' },
      { path: 'fine', content: undefined },
    ]);
    expect(issues.map((issue) => issue.field)).toEqual(['a\uFFFD', `${'x'.repeat(200)}…`, 'changes[2].path', 'fine']);
  });

  it('allows a name to change its case when the old one goes', () => {
    const changes = [
      { path: 'a', content: null },
      { path: 'A', content: '' },
    ];
    expect(changeIssues(new Set(['a']), changes)).toEqual([]);
  });
});

it('counts what happened', () => {
  const events: readonly RepositoryEvent[] = [
    { type: 'repository.created', name: 'n', head: '1' },
    { type: 'branch.opened', branch: 'b', from: 'main', head: '1' },
    { type: 'commit.created', branch: 'b', oid: '2', summary: 's', changedFiles: 1 },
    { type: 'branch.merged', branch: 'b', into: 'main', head: '2', fastForward: true },
    { type: 'repository.pushed', references: [] },
  ];
  const state = events.reduce(evolveRepository, initialRepositoryState);
  expect(state).toEqual({ name: 'n', commits: 1, merges: 1, pushes: 1 });
});
