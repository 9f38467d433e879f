import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { advisoriesOf, emptyIndex, fixedVersionOf } from './advisories.ts';
import type { Component } from './component.ts';
import { defaultLicensePolicy, judgeLicense } from './licenses.ts';
import { readLockFile } from './lock-files.ts';
import { cvss3Score, importAdvisories } from './osv.ts';
import { createSbom } from './sbom.ts';
import { scanDependencies } from './scan-dependencies.ts';

const osv = {
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-01-02T03:04:05Z',
  aliases: ['CVE-2026-1'],
  summary: 'Prototype pollution',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [
        {
          type: 'SEMVER',
          events: [
            { introduced: '1.0.0' },
            { fixed: '1.2.3' },
            { introduced: '2.0.0-beta.1' },
            { last_affected: '2.1.0' },
          ],
        },
      ],
    },
  ],
  database_specific: { cwe_ids: ['CWE-1321'] },
};

const { index } = importAdvisories(emptyIndex, [{ name: 'a', value: osv }]);
const component = (version: string): Component => ({
  ecosystem: 'npm',
  name: 'left',
  version,
  development: false,
  direct: true,
  requires: [],
  file: 'package-lock.json',
});

describe('advisories', () => {
  it.each([
    ['0.9.9', false],
    ['1.0.0', true],
    ['1.2.2', true],
    ['1.2.3', false],
    ['1.2.3-rc.1', true],
    ['2.0.0-beta.0', false],
    ['2.0.0', true],
    ['2.1.0', true],
    ['2.1.1', false],
  ])('of ranges: %s is affected: %s', (version, affected) => {
    expect(advisoriesOf(index, component(version))).toHaveLength(affected ? 1 : 0);
  });

  it('name the version that mends, the severity and the weakness', () => {
    const [advisory] = advisoriesOf(index, component('1.1.0'));
    expect(advisory).toMatchObject({ severity: 'critical', cwe: [1321] });
    expect(advisory === undefined ? undefined : fixedVersionOf('1.1.0', advisory)).toBe('1.2.3');
  });

  it('are replaced by newer ones, taken out when withdrawn, and refused with a reason when not of the format', () => {
    const withdrawn = importAdvisories(index, [{ name: 'a', value: { ...osv, withdrawn: '2026-02-01T00:00:00Z' } }]);
    expect(withdrawn.index.packages).toEqual({});
    expect(importAdvisories(index, [{ name: 'a', value: osv }]).index.packages['npm:left']).toHaveLength(1);
    expect(importAdvisories(emptyIndex, [{ name: 'b.json', value: { id: 5 } }]).refused).toEqual([
      expect.stringMatching(/^b\.json: id: /),
    ]);
  });

  it('score as the specification of CVSS 3.1 does', () => {
    expect(cvss3Score('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')).toBe(9.8);
    expect(cvss3Score('CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N')).toBe(6.1);
    expect(cvss3Score('CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N')).toBe(0);
    expect(cvss3Score('nonsense')).toBeUndefined();
  });
});

const lockFiles: readonly (readonly [string, string])[] = [
  [
    'package-lock.json',
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { left: '^1' } },
        'node_modules/left': { version: '1.1.0', license: 'MIT' },
        'node_modules/left/node_modules/@a/b': { version: '2.0.0', dev: true },
      },
    }),
  ],
  [
    'package-lock.json',
    JSON.stringify({
      lockfileVersion: 1,
      dependencies: { left: { version: '1.1.0', dependencies: { '@a/b': { version: '2.0.0' } } } },
    }),
  ],
  [
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      left:\n        specifier: ^1\n        version: 1.1.0\npackages:\n  left@1.1.0:\n    resolution: {integrity: sha512-AAAA}\n  '@a/b@2.0.0(c@1.0.0)':\n    resolution: {integrity: sha512-AAAA}\n",
  ],
  [
    'pnpm-lock.yaml',
    'lockfileVersion: 5.4\ndependencies:\n  left: 1.1.0\npackages:\n  /left/1.1.0:\n    dev: false\n  /@a/b/2.0.0_c@1.0.0:\n    dev: true\n',
  ],
  [
    'yarn.lock',
    '# yarn lockfile v1\n\n"@a/b@^2.0.0":\n  version "2.0.0"\n\nleft@^1, left@~1.1:\n  version "1.1.0"\n  integrity sha512-AAAA\n  dependencies:\n    "@a/b" "^2.0.0"\n',
  ],
];

describe('lock files', () => {
  it.each(lockFiles)('are read: %s', (name, text) => {
    const read = readLockFile(name, text);
    const names = read.ok ? read.value.map((each) => `${each.name}@${each.version}`).toSorted() : [read.error];
    expect(names).toEqual(['@a/b@2.0.0', 'left@1.1.0']);
  });

  it('of Python count where they pin a version', () => {
    const read = readLockFile('requirements.txt', 'Flask==2.0.1 # web\nrequests>=2\nzope.interface==5.0\n');
    expect(read).toMatchObject({
      ok: true,
      value: [{ ecosystem: 'PyPI', name: 'flask', version: '2.0.1' }, { name: 'zope-interface' }],
    });
  });

  it('that are broken are named with the reason', () => {
    expect(
      scanDependencies({ 'package-lock.json': '{' }, { advisories: index, licenses: defaultLicensePolicy }).skipped,
    ).toEqual([{ file: 'package-lock.json', reason: expect.stringMatching(/^It does not parse/) }]);
  });

  it('lead to findings with the line and the way out', () => {
    const [, text] = lockFiles[0] ?? ['', ''];
    const { findings } = scanDependencies(
      { 'package-lock.json': text },
      { advisories: index, licenses: defaultLicensePolicy },
    );
    expect(findings).toMatchObject([
      { rule: 'vulnerable-dependency', severity: 'critical', fix: { text: 'Update left to 1.2.3 or later.' } },
    ]);
  });
});

describe('licences', () => {
  it.each([
    ['MIT', 'allowed'],
    ['(MIT OR GPL-3.0-only)', 'allowed'],
    ['MIT AND GPL-3.0-only', 'denied'],
    ['AGPL-3.0-or-later', 'denied'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'review'],
    ['LGPL-3.0-only', 'review'],
    ['SEE LICENSE IN LICENSE.txt', 'review'],
  ])('%s is %s', (license, verdict) => {
    expect(judgeLicense(defaultLicensePolicy, 'a', license)).toBe(verdict);
  });

  it('are let pass for a package that a person named', () => {
    expect(judgeLicense({ ...defaultLicensePolicy, exceptions: { a: 'bought' } }, 'a', 'GPL-3.0-only')).toBe('allowed');
  });
});

describe('the bill of materials', () => {
  const schemas = join(import.meta.dirname, '../../../../node_modules/@cyclonedx/cyclonedx-library/res/schema');
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(schema('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(schema('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
  const validate = ajv.compile(schema('bom-1.6'));
  const subject = {
    name: 'App',
    version: '1',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    timestamp: '2026-01-01T00:00:00Z',
  };

  it('of this repository is valid after the published schema', () => {
    const read = readLockFile(
      'package-lock.json',
      readFileSync(join(import.meta.dirname, '../../../../package-lock.json'), 'utf8'),
    );
    const document = createSbom(subject, read.ok ? read.value : []);
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
    expect(document).toMatchObject({
      components: expect.arrayContaining([expect.objectContaining({ purl: expect.stringMatching(/^pkg:npm\/zod@/) })]),
    });
  });

  it('is valid with licences of every form and without any component, and wrong ones are not', () => {
    const licenses = ['MIT', 'MIT OR Apache-2.0', 'Public Domain', undefined];
    const components = licenses.map((license, position) => ({
      ...component(`1.0.${position}`),
      ...(license === undefined ? {} : { license }),
    }));
    expect(validate(createSbom(subject, components)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(createSbom(subject, []))).toBe(true);
    expect(validate({ ...createSbom(subject, []), components: [{ name: 'no type' }] })).toBe(false);
  });
});
