/** `aidevos credentials` as a person uses it, and where the keys are afterwards: nowhere to be read. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';

const bin = join(import.meta.dirname, '../../cli/bin.mjs');
const key = 'sk-proj-e2e-0123456789-QRST';

const run = (args: readonly string[], input = ''): Promise<{ readonly exitCode: number; readonly output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') };
    const child = spawn(process.execPath, [bin, 'credentials', ...args], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output }));
    child.stdin.end(input);
  });

/** Every file of the platform's own folder that holds the text. */
const filesWith = (text: string): readonly string[] => {
  const folder = inject('stateFolder');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    return stats?.isFile() === true && readFileSync(join(folder, name)).includes(text);
  });
};

describe('aidevos credentials', () => {
  it('takes a key from standard input or a file, and never from the command line', async () => {
    const place = ['openrouter/e2e'];
    const refused = await run(['add', ...place, key]);
    expect([refused.exitCode, refused.output]).toEqual([2, expect.stringContaining('never given on the command line')]);
    expect((await run(['add', ...place])).exitCode).toBe(2);
    const added = await run(['add', ...place], `${key}\n`);
    expect([added.exitCode, added.output]).toEqual([0, expect.stringContaining('is stored')]);
    const file = join(inject('stateFolder'), 'key.txt');
    writeFileSync(file, 'sk-proj-e2e-another-0123456789-UVWX');
    expect((await run(['add', ...place, '--file', file])).exitCode).toBe(0);
    const listed = await run(['list']);
    expect(listed.output).toContain('…UVWX');
    const log = await run(['events']);
    expect(log.output).toMatch(/credential\.added[\s\S]*credential\.replaced/);
    expect(refused.output + added.output + listed.output + log.output).not.toContain('e2e-0123');
    expect(filesWith('e2e-0123456789')).toEqual([]);
    expect(filesWith('e2e-another')).toEqual(['key.txt']);
    expect((await run(['remove', ...place])).exitCode).toBe(0);
    expect((await run(['remove', ...place])).exitCode).toBe(3);
  });

  it('tells whether a provider takes a key by its exit code, too', async () => {
    const address = ['--base-url', `${inject('modelOrigin')}/nothing`];
    expect((await run(['add', 'custom/e2e', ...address], key)).exitCode).toBe(0);
    const tested = await run(['test', 'custom/e2e']);
    expect(tested.exitCode).toBe(1);
    expect(tested.output).not.toContain('e2e-0123');
    expect((await run(['test', 'custom/nobody'])).exitCode).toBe(3);
    expect((await run(['remove', 'custom/e2e'])).exitCode).toBe(0);
    const elsewhere = await run(['add', 'custom/e2e', '--base-url', 'http://169.254.169.254/'], key);
    expect([elsewhere.exitCode, elsewhere.output]).toEqual([2, expect.stringContaining('AIDEVOS_MODEL_ORIGINS')]);
  });
});
