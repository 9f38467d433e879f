import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBlocking } from './finding.ts';
import { readPairs } from './pairs.ts';
import { toSarif } from './report-sarif.ts';
import { codeRules } from './rules/index.ts';
import { largestCode, largestText, scanFile, scanFiles } from './scan.ts';

const folder = join(import.meta.dirname, 'testing', 'pairs');
const pieces = readdirSync(folder).flatMap((name) =>
  readPairs(readFileSync(join(folder, name), 'utf8')).map((piece) => ({ ...piece, name: `${name}:${piece.line}` })),
);

describe('known-bad and fixed pairs', () => {
  it('are at least 120, and every rule about code has one', () => {
    const bad = pieces.filter((piece) => piece.bad);
    expect(bad.length).toBeGreaterThanOrEqual(120);
    // Only worth a look: neither is ever of more than low confidence.
    const audited = new Set(['slow-regex', 'uninitialised-memory']);
    const covered = new Set(bad.map(({ rule }) => rule));
    expect(codeRules.map(({ id }) => id).filter((id) => !covered.has(id) && !audited.has(id))).toEqual([]);
  });

  it.each(pieces)('$name $rule, bad: $bad', ({ rule, bad, path, code }) => {
    const found = scanFile(path, code).findings.filter((each) => each.rule === rule && each.confidence !== 'low');
    expect(found.length > 0, JSON.stringify(found)).toBe(bad);
  });
});

const handler = (body: string): string => `app.get('/x', (req, res) => {\n${body}\n});\n`;

describe('a finding', () => {
  it('tells the way from the source to the sink, with its lines', () => {
    const code = handler(
      "const { exec } = require('child_process');\nconst host = req.query.host;\nconst line = `ping ${host}`;\nexec(line);",
    );
    const [finding] = scanFile('app.js', code).findings;
    expect(finding).toMatchObject({
      rule: 'command-injection',
      line: 5,
      cwe: [78],
      severity: 'critical',
      confidence: 'high',
    });
    expect(finding?.evidence.map(({ line }) => line)).toEqual([1, 3, 4, 5, 5]);
    expect(finding?.fix.text).toContain('execFile');
  });

  it('carries an edit where mending is mechanical', () => {
    const code = 'const options = { rejectUnauthorized: false };\n';
    const edit = scanFile('a.ts', code).findings[0]?.fix.edit ?? { start: 0, end: 0, text: '' };
    expect(code.slice(0, edit.start) + edit.text + code.slice(edit.end)).toBe(
      'const options = { rejectUnauthorized: true };\n',
    );
  });

  it('never shows the secret it is about', () => {
    const secret = ['ghp', 'r4nD0mR4nD0mR4nD0mR4nD0mR4nD0mR4nD0m'].join('_');
    const { findings } = scanFile('a.ts', `const token = '${secret}';\n`);
    expect(findings.map(({ rule }) => rule)).toEqual(['secret-github-token']);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  it('passes by a comment with a reason only', () => {
    const code = (comment: string): string =>
      `const c = require('crypto');\n${comment}\nc.createHash('md5').update(x);\n`;
    const allowed = scanFile(
      'a.js',
      code('// scan-allow weak-hash: the format of the other side asks for it'),
    ).findings;
    expect(allowed).toMatchObject([{ rule: 'weak-hash', suppressed: 'the format of the other side asks for it' }]);
    expect(allowed.some(isBlocking)).toBe(false);
    expect(
      scanFile('a.js', code('// scan-allow weak-hash'))
        .findings.filter(isBlocking)
        .map(({ rule }) => rule),
    ).toEqual(['weak-hash', 'suppression-without-reason']);
    expect(
      scanFile('a.js', code('// scan-allow other-rule: a reason that is long enough')).findings.filter(isBlocking),
    ).toHaveLength(1);
  });

  it('is written as SARIF with its flow', () => {
    const { findings } = scanFile('src/a b.js', handler('eval(req.query.code);'));
    expect(toSarif(findings)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'code-injection',
              level: 'error',
              locations: [
                { physicalLocation: { artifactLocation: { uri: 'src/a%20b.js' }, region: { startLine: 2 } } },
              ],
              codeFlows: [{}],
            },
          ],
        },
      ],
    });
  });
});

describe('what cannot be scanned', () => {
  it.each([
    ['a file that does not parse', 'a.ts', 'const = ;', /does not parse at 1:/],
    ['a binary', 'a.js', 'x\0y', /not a text file/],
    ['a bundle', 'a.js', `const a = 1;\n${'a;'.repeat(largestCode / 2)}`, /only its secrets/],
    ['a file of more than 5 MB', 'a.txt', 'x'.repeat(largestText + 1), /more than/],
  ])('is said: %s', (_what, path, text, reason) => {
    const { findings, skipped } = scanFile(path, text);
    expect(findings).toEqual([]);
    expect(skipped).toEqual([{ file: path, reason: expect.stringMatching(reason) }]);
  });

  it('does not stop the others', () => {
    const { findings, skipped, filesScanned } = scanFiles({
      'b.js': 'const = ;',
      'a.js': handler('eval(req.query.code);'),
    });
    expect([findings.length, skipped.length, filesScanned]).toEqual([1, 1, 2]);
  });

  it('ends on code that calls itself in circles, and on nesting of any depth', () => {
    const circle = 'const a = (x) => b(x); const b = (x) => a(x); let y = a(y); y = b(y) + y; eval(y);';
    expect(scanFile('a.js', circle).skipped).toEqual([]);
    const deep = `const x = ${'['.repeat(600)}1${']'.repeat(600)};`;
    expect(scanFile('a.js', deep).findings).toEqual([]);
  });
});
