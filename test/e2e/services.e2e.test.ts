/** The sample service as an outsider runs it, found, called, killed and taken out; and `aidevos services` beside it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { request, sendJson } from './client.ts';

const root = join(import.meta.dirname, '../..');

const environment = () => ({ ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') });

const run = async (...args: string[]): Promise<{ readonly exitCode: number; readonly output: string }> => {
  const child = spawn(process.execPath, [join(root, 'cli/bin.mjs'), 'services', ...args], { env: environment() });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { exitCode: code ?? 1, output };
};

let running: ChildProcess | undefined;

afterEach(() => running?.kill('SIGKILL'));

const startService = async (): Promise<ChildProcess> => {
  const env = { ...environment(), PORT: new URL(inject('serviceOrigin')).port };
  const child = spawn(process.execPath, [join(root, 'examples/service/service.mjs')], { env });
  running = child;
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        output += part.toString();
        if (output.includes('registered temperatures/')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`The sample service ended: ${output}`)));
  });
  return child;
};

describe('the sample service', () => {
  it('is found by what it can do, answers through the platform, and deregisters when it ends', async () => {
    const service = await startService();
    const found = await run('discover', '--capability', 'convert-temperature', '--range', '^1');
    expect([found.exitCode, found.output]).toEqual([0, expect.stringContaining('temperatures/node-')]);
    const answer = await request('/api/services/temperatures/?celsius=100');
    expect([answer.status, answer.json]).toEqual([200, { fahrenheit: 212 }]);
    expect(answer.headers.get('x-aidevos-instance')).toMatch(/^temperatures\/node-/);
    const byCapability = await request('/api/service-calls/?celsius=0', {
      headers: { 'x-aidevos-capability': 'convert-temperature' },
    });
    expect(byCapability.json).toEqual({ fahrenheit: 32 });
    expect((await request('/api/services/temperatures/?celsius=warm')).status).toBe(400);
    const unknown = await request('/api/services/temperatures/', { headers: { 'x-aidevos-version': '^9' } });
    expect([unknown.status, unknown.text]).toEqual([503, expect.stringContaining('registered are: 1.0.0')]);
    service.kill('SIGTERM');
    await once(service, 'exit');
    expect((await run('show', 'temperatures')).exitCode).toBe(3);
  });

  it('that was killed is told of as what it is, and its port is nobody’s', async () => {
    const service = await startService();
    service.kill('SIGKILL');
    await once(service, 'exit');
    const broken = await request('/api/services/temperatures/?celsius=1');
    expect([broken.status, broken.json]).toMatchObject([502, { code: 'service.failed' }]);
    const instance = `node-${new URL(inject('serviceOrigin')).port}`;
    const gone = await request(`/api/service-instances/temperatures/${instance}`, { method: 'DELETE' });
    // On a busy machine its lease has ended first.
    expect([200, 404]).toContain(gone.status);
    expect((await request('/api/services/temperatures')).status).toBe(404);
  });
});

describe('aidevos services', () => {
  it('lists what the platform offers, and says why something is refused', async () => {
    const listed = await run('list', '--kind', 'platform');
    expect([listed.exitCode, listed.output]).toEqual([0, expect.stringContaining('aidevos-project/platform')]);
    const elsewhere = await run('register', 'other/one', '--version', '1.0.0', '--address', 'http://169.254.169.254/');
    expect([elsewhere.exitCode, elsewhere.output]).toEqual([2, expect.stringContaining('AIDEVOS_SERVICE_ORIGINS')]);
    expect((await run('show', 'nobody')).exitCode).toBe(3);
  });

  it('finds single objects of the platform page by page, and says which attribute is none', async () => {
    const all = await run('show', 'aidevos-service-registry', '--limit', '2');
    expect(all.exitCode).toBe(0);
    expect(all.output).toContain('aidevos-service-registry/platform');
    expect(all.output).toContain('--after aidevos-service-registry/1');
    const rest = await run('show', 'aidevos-service-registry', '--after', 'aidevos-service-registry/1');
    expect(rest.output).toMatch(/registry\/2[\s\S]*registry\/3/);
    expect(rest.output).not.toContain('registry/platform');
    const one = await run('show', 'aidevos-service-registry/3');
    expect(one.output).toContain('"objectId":"3"');
    expect((await run('show', 'aidevos-service-registry/4')).exitCode).toBe(3);
    await sendJson('/api/topics/Found.by.name', {}, 'PUT');
    const topics = await run('discover', '--name', 'aidevos-topic', '--attribute', 'name=Found.by.name');
    expect([topics.exitCode, topics.output]).toEqual([0, expect.stringContaining('aidevos-topic/Found.by.name')]);
    const wrong = await run('show', 'aidevos-agent', '--attribute', 'role');
    expect([wrong.exitCode, wrong.output]).toEqual([2, expect.stringContaining('key=value')]);
    const gone = await run('deregister', 'aidevos-service-registry/3');
    expect([gone.exitCode, gone.output]).toEqual([expect.any(Number), expect.stringContaining('single object')]);
  });

  it('registers, beats for, changes and deregisters an instance, and watches all that', async () => {
    const registered = await run(
      'register',
      'hands/one',
      '--version',
      '1.0.0',
      '--address',
      inject('serviceOrigin'),
      '--lease',
      '60',
      '--json',
    );
    const { leaseToken } = JSON.parse(registered.output) as { leaseToken: string };
    expect((await run('heartbeat', 'hands/one', '--token', leaseToken, '--load', '0.5')).exitCode).toBe(0);
    expect((await run('heartbeat', 'hands/one', '--token', 'guessed')).exitCode).not.toBe(0);
    expect((await run('update', 'hands/one', '--weight', '5', '--version', '1.1.0')).output).toContain('revision 2');
    expect((await run('deregister', 'hands/one')).exitCode).toBe(0);
    const watching = spawn(process.execPath, [join(root, 'cli/bin.mjs'), 'services', 'watch', 'hands', '--all'], {
      env: environment(),
    });
    let output = '';
    await new Promise<void>((resolve) => {
      watching.stdout.on('data', (part: Buffer) => {
        output += part.toString();
        if (output.includes('asked')) resolve();
      });
    });
    watching.kill('SIGINT');
    expect(output).toMatch(
      /registered[\s\S]*version 1\.0\.0[\s\S]*updated[\s\S]*version 1\.1\.0, weight 5[\s\S]*deregistered/,
    );
  });
});
