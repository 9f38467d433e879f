import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseApiKey } from '../../shared/domain/access/api-key.ts';
import { ensureLocalSecrets, readLocalSecrets } from './local-secrets.ts';
import { findRunningPlatform, lockStateFolder } from './state-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aidevos-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lockStateFolder', () => {
  it('lets one platform in, says who it is, and the next one after it', async () => {
    const first = await lockStateFolder(folder);
    first.announce('http://127.0.0.1:1234');
    expect(await findRunningPlatform(folder)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1234' });
    await expect(lockStateFolder(folder)).rejects.toThrow('http://127.0.0.1:1234');
    first.release();
    expect(await findRunningPlatform(folder)).toBeUndefined();
    (await lockStateFolder(folder)).release();
  });

  it('takes over what a killed platform left behind, also when its process number lives on', async () => {
    writeFileSync(
      join(folder, 'platform.lock'),
      JSON.stringify({ pid: process.pid, controlPort: 1, token: 'gone', url: 'http://127.0.0.1:1' }),
    );
    (await lockStateFolder(folder)).release();
    writeFileSync(join(folder, 'platform.lock'), '{ damaged');
    (await lockStateFolder(folder)).release();
  });

  it('lets only one of many in that come at once', async () => {
    writeFileSync(join(folder, 'platform.lock'), '{}');
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => lockStateFolder(folder)));
    const held = tries.filter((attempt) => attempt.status === 'fulfilled');
    expect(held).toHaveLength(1);
    for (const { value } of held) value.release();
  });
});

describe('ensureLocalSecrets', () => {
  it('makes them once, for their owner only', async () => {
    const secrets = await ensureLocalSecrets(folder);
    expect(parseApiKey(secrets.apiKey)).toMatchObject({ environment: 'local' });
    expect(secrets.keyPepper.length).toBeGreaterThanOrEqual(32);
    expect(await ensureLocalSecrets(folder)).toEqual(secrets);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
  });

  it('says what is wrong with a damaged file', () => {
    writeFileSync(join(folder, 'secrets.json'), '{"apiKey":1}');
    expect(() => readLocalSecrets(folder)).toThrow('keyPepper and apiKey must be there');
  });
});
