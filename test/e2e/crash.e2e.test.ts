import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const crash = async (...options: readonly string[]): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'crash', '--', ...options], { cwd: root });
  return JSON.parse(stdout);
};

it('a platform of its own is killed five times, and loses and repeats nothing', async () => {
  // The command fails, and with it this test, when any target was missed; the figures show that there was something to lose.
  const figures = await crash('--seed', '7', '--kills', '5');
  expect(figures).toMatchObject({ kills: { all: 5 }, lost: 0, unfinished: 0, eventGaps: 0, resultDifferences: 0 });
  const { acknowledgedWrites, effects } = figures as { acknowledgedWrites: number; effects: Record<string, number> };
  expect(acknowledgedWrites).toBeGreaterThan(20);
  expect(Object.values(effects).every((count) => count >= 30)).toBe(true);
});
