import { describe, expect, it } from 'vitest';
import { findBrowser, type Machine } from './find-browser.ts';

const machine = (parts: Partial<Machine>): Machine => ({
  platform: 'linux',
  architecture: 'x64',
  environment: {},
  exists: () => false,
  hasPackage: () => true,
  ...parts,
});

describe('findBrowser', () => {
  it.each<readonly [string, Partial<Machine>, object]>([
    ['the packaged one', {}, { kind: 'packaged' }],
    [
      'an installed one before it',
      { exists: (path) => path === '/usr/bin/chromium' },
      { kind: 'installed', path: '/usr/bin/chromium' },
    ],
    [
      'the one that was asked for',
      { environment: { AIDEVOS_BROWSER: '/my/chrome' }, exists: () => true },
      { kind: 'installed', path: '/my/chrome' },
    ],
    [
      'none where the one asked for is not',
      { environment: { AIDEVOS_BROWSER: '/my/chrome' } },
      { kind: 'none', isUnexpected: true },
    ],
    [
      'none when it is switched off',
      { environment: { AIDEVOS_BROWSER: 'off' }, exists: () => true },
      { kind: 'none', isUnexpected: false },
    ],
    ['none without the library', { hasPackage: () => false, exists: () => true }, { kind: 'none' }],
    ['none on another processor', { architecture: 'arm64' }, { kind: 'none' }],
    [
      'Chrome on a Mac',
      { platform: 'darwin', exists: (path) => path.startsWith('/Applications/Google') },
      { kind: 'installed' },
    ],
    [
      'Edge on Windows',
      { platform: 'win32', environment: { PROGRAMFILES: 'C:\\P' }, exists: (path) => path.endsWith('msedge.exe') },
      { kind: 'installed', path: 'C:\\P\\Microsoft\\Edge\\Application\\msedge.exe' },
    ],
  ])('finds %s', (_what, parts, found) => {
    expect(findBrowser(machine(parts))).toMatchObject(found);
  });
});
