import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../../protocol/project-events.ts';
import { covers, findPlanFaults } from './plan.ts';

const task = (key: string, over: Partial<PlannedTask> = {}): PlannedTask => ({
  key,
  title: key,
  kind: 'implement',
  role: 'backend',
  description: key,
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 1,
  paths: [`src/${key}.ts`],
  ...over,
});

const reasons = (tasks: readonly PlannedTask[], known: readonly string[] = []): string =>
  findPlanFaults(tasks, ['backend', 'qa'], known)
    .map(({ field, reason }) => `${field}: ${reason}`)
    .join('\n');

describe('findPlanFaults', () => {
  it('takes a sound plan', () => {
    expect(reasons([task('a'), task('b', { dependsOn: ['a'] }), task('c', { paths: ['test/c/'] })])).toBe('');
  });

  it('names an unknown role, an unknown dependency and a repeated key', () => {
    const found = reasons([
      task('a', { role: 'pilot' }),
      task('b', { dependsOn: ['nothing'] }),
      task('b', { paths: ['x'] }),
    ]);
    expect(found).toContain('tasks.a.role: nobody in the team is pilot');
    expect(found).toContain('tasks.b.dependsOn: there is no task nothing');
    expect(found).toContain('tasks.b.key: the key is used twice');
  });

  it('shows a cycle whole', () => {
    expect(
      reasons([task('a', { dependsOn: ['c'] }), task('b', { dependsOn: ['a'] }), task('c', { dependsOn: ['b'] })]),
    ).toContain('a → c → b → a');
  });

  it('refuses a path that two tasks may write, also through a folder', () => {
    expect(reasons([task('a', { paths: ['src/books/'] }), task('b', { paths: ['src/books/store.ts'] })])).toContain(
      'may also be written by',
    );
    expect(reasons([task('b', { paths: ['src/books/store.ts'] }), task('a', { paths: ['src/'] })])).toContain(
      'may also be written by',
    );
    expect(reasons([task('a', { paths: ['x.ts'] }), task('b', { paths: ['x.ts'] })])).toContain(
      'may also be written by a',
    );
  });

  it('lets a plan build on tasks that exist, without using their keys again', () => {
    expect(reasons([task('b', { dependsOn: ['a'] })], ['a'])).toBe('');
    expect(reasons([task('a')], ['a'])).toContain('used twice');
  });

  it('refuses kinds that only the workflow makes', () => {
    expect(reasons([task('a', { kind: 'judge' })])).toContain('made by the workflow itself');
  });
});

describe('covers', () => {
  it('compares files to the letter and folders by their beginning', () => {
    expect(covers('src/', 'src/a.ts')).toBe(true);
    expect(covers('src/a.ts', 'src/a.ts')).toBe(true);
    expect(covers('src/a', 'src/a.ts')).toBe(false);
    expect(covers('src/', 'source/a.ts')).toBe(false);
  });
});
