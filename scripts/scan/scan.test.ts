import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scripts = join(import.meta.dirname, '..');
let folder = '';

const run = (
  script: string,
  ...args: string[]
): { readonly code: number | null; readonly out: string; readonly error: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, script), ...args], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-scan-'));
  mkdirSync(join(folder, 'bad'));
  mkdirSync(join(folder, 'good'));
  writeFileSync(join(folder, 'good', 'a.js'), 'export const one = 1;\n');
  writeFileSync(join(folder, 'bad', 'a.js'), 'export const run = (req, res) => res.send(eval(req.query.code));\n');
  writeFileSync(join(folder, 'bad', 'latin.js'), Buffer.from([0x63, 0xe9, 0x0a]));
  const packages = { '': { dependencies: { left: '^1' } }, 'node_modules/left': { version: '1.1.0', license: 'MIT' } };
  writeFileSync(join(folder, 'bad', 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
  const affected = [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.0' }] }],
    },
  ];
  writeFileSync(
    join(folder, 'osv.json'),
    JSON.stringify({
      id: 'GHSA-1',
      modified: '2026-01-01T00:00:00Z',
      affected,
      database_specific: { severity: 'HIGH' },
    }),
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm run scan', () => {
  it('ends with 0 where nothing is found, 1 where something is, 2 on wrong usage', () => {
    expect(run('scan/index.ts', join(folder, 'good'))).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 findings in 1 files'),
    });
    expect(run('scan/index.ts', join(folder, 'bad'))).toMatchObject({
      code: 1,
      out: expect.stringMatching(/a\.js:1:\d+ code-injection/),
      error: expect.stringContaining('latin.js: not UTF-8 text'),
    });
    expect(run('scan/index.ts', join(folder, 'bad'), '--fail-on', 'none').code).toBe(0);
    expect(run('scan/index.ts', join(folder, 'nowhere'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('is no folder'),
    });
    expect(run('scan/index.ts', join(folder, 'bad'), '--fail-on', 'very').code).toBe(2);
    expect(run('scan/index.ts', join(folder, 'bad'), '--advisories', 'none.json')).toMatchObject({
      code: 2,
      error: expect.stringContaining('none.json is no index of advisories'),
    });
    expect(run('advisories.ts', join(folder, 'nowhere'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('is not there'),
    });
  });

  it('knows advisories that were taken in, and writes SARIF', () => {
    const index = join(folder, 'index.json');
    expect(run('advisories.ts', join(folder, 'osv.json'), '--index', index)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 advisories taken in, 0 left out'),
    });
    const sarif = join(folder, 'out.sarif');
    const { out } = run('scan/index.ts', join(folder, 'bad'), '--advisories', index, '--json', '--sarif', sarif);
    const { findings } = JSON.parse(out) as {
      readonly findings: readonly { readonly rule: string; readonly fix: { readonly text: string } }[];
    };
    expect(findings.find(({ rule }) => rule === 'vulnerable-dependency')?.fix.text).toBe(
      'Update left to 1.2.0 or later.',
    );
    expect(JSON.parse(readFileSync(sarif, 'utf8'))).toMatchObject({
      version: '2.1.0',
      runs: [{ results: expect.any(Array) }],
    });
  });

  it('compares with suites, and makes a bill of materials', () => {
    const pairs = run('scan/index.ts', 'pairs', join(scripts, '../shared/domain/security/testing/pairs'));
    expect(pairs).toMatchObject({ code: 0, out: expect.stringMatching(/own: all +130\/130 +100\.0 % +0\/130/) });
    expect(run('scan/index.ts', 'pairs', join(folder, 'good')).code).toBe(2);
    expect(JSON.parse(run('scan/index.ts', 'sbom', join(folder, 'bad')).out)).toMatchObject({
      components: [{ purl: 'pkg:npm/left@1.1.0' }],
    });
  });
});
