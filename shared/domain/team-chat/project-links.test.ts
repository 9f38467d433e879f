import { describe, expect, it } from 'vitest';
import { describeFiles, foremost, linksIn } from './project-links.ts';

const links = {
  appUrl: 'https://a.test/apps/p/',
  repositoryUrl: 'https://a.test/git/p.git',
  reportUrl: 'https://a.test/report',
  fileUrl: (path: string) => `https://a.test/raw?path=${encodeURIComponent(path)}`,
};

describe('files of a project', () => {
  it('are shown with what says what it is first, then the highest', () => {
    const paths = [
      'src/a/b.ts',
      'src/c.ts',
      'SPEC.md',
      'README.md',
      ...Array.from({ length: 20 }, (_, n) => `x/y/${n}`),
    ];
    expect(foremost(paths).slice(0, 4)).toEqual(['README.md', 'SPEC.md', 'src/c.ts', 'src/a/b.ts']);
    expect(foremost(paths)).toHaveLength(12);
  });

  it('are linked by words that Markdown does not take apart', () => {
    expect(describeFiles([], links)).toBe('');
    const path = 'src/[id](x).ts';
    const line = describeFiles([path], links);
    expect(line).toBe('- Files: [src/\\[id\\](x).ts](https://a.test/raw?path=src%2F%5Bid%5D%28x%29.ts)\n');
    const found = linksIn({ name: 'A', deployments: [] }, links, [path]).find(({ title }) => title === path);
    expect(line).toContain(found?.words);
    expect(new URL(found?.url ?? '').searchParams.get('path')).toBe(path);
  });
});
