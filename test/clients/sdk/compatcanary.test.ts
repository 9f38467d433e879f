import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { apiKey, baseUrl, models } from './asked.ts';

const program = join(import.meta.dirname, '..', 'node_modules', 'compatcanary', 'src', 'cli.js');

type Profile = 'chat' | 'modern';

const scan = (model: string, profile: Profile): Promise<string> =>
  new Promise((resolve) => {
    const args = [program, 'scan', '--base-url', baseUrl(), '--model', model, '--profile', profile, '--format', 'json'];
    const environment = { ...process.env, OPENAI_API_KEY: apiKey() };
    // Its exit code tells what the report says as well.
    execFile(process.execPath, args, { env: environment }, (_error, output, errors) => resolve(output || errors));
  });

const profiles: readonly Profile[] = ['chat', 'modern'];

describe.each(models)('compatcanary: %s', (model) => {
  it.for(profiles)('100 of 100, profile %s', async (profile, context) => {
    if (profile === 'modern' && !inject('offered').responses) context.skip('not offered');
    const report = await scan(model, profile);
    const parsed: unknown = JSON.parse(report);
    expect(parsed, report).toMatchObject({ score: 100, compatible: true });
  });
});
