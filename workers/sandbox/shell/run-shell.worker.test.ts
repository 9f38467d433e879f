import { describe, expect, it } from 'vitest';
import { runShell } from './run-shell.ts';

const files = { 'src/a.ts': 'one\ntwo\nthree\n', 'src/deep/b.ts': 'two\n', 'README.md': '# Read me\n' };
const run = (script: string) => runShell({ files, script, limits: { totalMs: 10_000, outputCharacters: 10_000 } });

describe('the shell', () => {
  it('reads with pipes, and changes nothing by that', async () => {
    expect(await run("grep -rn two src | sort | head -1; find . -name '*.ts' | wc -l")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/src\/a\.ts:2:two\n\s*2\n/),
      changes: [],
    });
  });

  it('tells what it changed, made and deleted', async () => {
    const script =
      "sed -i 's/two/TWO/' src/a.ts; mkdir -p out; echo new > out/c.txt; rm README.md; mv src/deep/b.ts src/b.ts";
    expect((await run(script)).changes).toEqual([
      { path: 'README.md', content: null },
      { path: 'out/c.txt', content: 'new\n' },
      { path: 'src/a.ts', content: 'one\nTWO\nthree\n' },
      { path: 'src/b.ts', content: 'two\n' },
      { path: 'src/deep/b.ts', content: null },
    ]);
  });

  it('ends with the code of its last command and its errors', async () => {
    expect(await run('cat nothing; exit 3')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('nothing') });
    expect((await run('if then fi fi')).exitCode).not.toBe(0);
    expect(await run('curl https://example.com')).toMatchObject({ exitCode: 127 });
  });

  it.each([
    'while true; do :; done',
    'f() { f; }; f',
    'f() { f | f & }; f',
    'x=a; for i in $(seq 1 100); do x=$x$x; done; echo ${#x}',
    'seq 1 100000000',
    'yes | head -c 1000000000 | wc -c',
    'awk \'BEGIN { while (1) x = x "a" }\'',
    'sleep 100000; echo slept',
  ])('is bounded: %s', async (script) => {
    const report = await run(script);
    expect(report.durationMs).toBeLessThan(15_000);
    expect(report.stdout.length).toBeLessThan(11_000);
  });

  it('does not take files that are no text', async () => {
    const report = await run("printf 'é' | head -c 1 > raw.bin");
    expect(report).toMatchObject({ changes: [], binary: ['raw.bin'] });
  });
});
