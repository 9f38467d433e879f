/** The event bus from the command line, against a platform as a user starts it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

const run = (...args: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }> =>
  new Promise((resolve) => {
    const environment = { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') };
    execFile(process.execPath, [join(root, 'cli/bin.mjs'), ...args], { env: environment }, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
      resolve({ exitCode, output: stdout + stderr });
    });
  });

const succeed = async (...args: readonly string[]): Promise<string> => {
  const { exitCode, output } = await run(...args);
  expect(exitCode, output).toBe(0);
  return output;
};

describe('aidevos topics and events', () => {
  it('publish, follow, consume, give up, replay and gather', async () => {
    const topic = 'cli.placed';
    expect(await succeed('events', 'publish', topic, '{"total":3}', '--about', 'o-1')).toContain('Event 1');
    await succeed('topics', 'subscribe', 'gather', 'cli.*', '--to', 'gathered');
    expect(await succeed('events', 'publish', topic, '4', '--type', 'paid')).toContain('Event 2');
    expect(await succeed('events', 'tail', topic)).toMatch(/1 {2}.*\[o-1\] \{"total":3\}\n2 {2}.*paid 4/);
    await succeed('topics', 'group', topic, 'billing', '--attempts', '1');
    expect(await succeed('events', 'pull', topic, 'billing', '--limit', '1')).toContain('lease 1:1');
    expect(await succeed('events', 'reject', topic, 'billing', '1:1')).toContain('1 settled');
    expect(await succeed('events', 'dead-letters', topic, 'billing')).toContain('A consumer rejected it.');
    await succeed('events', 'replay', topic, 'billing', '1');
    expect(await succeed('events', 'pull', topic, 'billing', '--acknowledge')).toContain('lease 2:3');
    expect(await succeed('topics', 'show', topic)).toMatch(/billing +pull +active +3 +0 +0 +0 +0/);
    expect(await succeed('events', 'seek', topic, 'billing', '0')).toContain('2 events wait');
    expect(await succeed('topics', 'list', 'cli.*')).toContain(topic);
    expect(await succeed('topics', 'subscriptions')).toContain('gather');
    // The subscription reached the topic that was there before it, from its oldest event on.
    for (;;) {
      const { exitCode, output } = await run('events', 'tail', 'gathered');
      if (exitCode === 0 && output.includes('paid')) break;
    }
    expect(await succeed('state', 'history', `topic/${topic}`)).toContain('row.added');
    expect(await succeed('state', 'diff', `topic/${topic}`, '0')).toContain('/consumer_group/billing');
    expect(await succeed('objects', `topic/${topic}`)).toMatch(/is (?:idle|active)/);
    await succeed('topics', 'unsubscribe', 'gather');
    await succeed('topics', 'remove', topic);
  });

  it('show what happens in projects, and tell it to teams', async () => {
    // Other tests build on this platform as well; the first project of all makes the topic.
    const { output: shown } = await run('--json', 'topics', 'show', 'platform.projects');
    const before = /"sequence":(\d+)/.exec(shown)?.[1] ?? '0';
    const made = await succeed('--json', 'build', join(root, 'examples/bookshelf/spec.md'));
    const projectId = /prj_[0-9a-z]{26}/.exec(made)?.[0] ?? '';
    const news = async (): Promise<string> =>
      (await run('events', 'tail', 'platform.projects', '--after', before)).output;
    await expect.poll(news, { timeout: 60_000, interval: 500 }).toContain(projectId);
    await succeed('topics', 'subscribe', 'watch', 'platform.*', '--types', 'project.failed,composition.*');
    await succeed('topics', 'group', 'platform.projects', 'tell', '--types', 'team.formed', '--tell', `${projectId}/*`);
    expect(await succeed('topics', 'show', 'platform.projects')).toContain(`message ${projectId} *`);
    await succeed('topics', 'unsubscribe', 'watch');
    await succeed('projects', 'cancel', projectId);
    expect(await run('events', 'publish', 'platform.projects', '1')).toMatchObject({ exitCode: 4 });
  });

  it('say what is wrong and what to do', async () => {
    expect(await run('events', 'publish', 'cli', '{oops')).toMatchObject({ exitCode: 2 });
    expect(await run('topics', 'show', 'nobody.is.here')).toMatchObject({ exitCode: 3 });
    expect((await run('topics', 'show', 'a b')).output).toContain('words of letters');
    expect((await run('events', 'acknowledge', 'cli', 'g', '7')).output).toContain('<sequence>:<lease>');
  });
});
