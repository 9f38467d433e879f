import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sparticuz from '@sparticuz/chromium';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../shared/errors/result.ts';
import type { DriveReport, DriveStep } from '../../shared/rpc/sandbox.ts';
import { drive } from '../../workers/sandbox/pages/drive.ts';
import { driveInBrowser } from './drive-in-browser.ts';
import { findBrowser } from './find-browser.ts';
import { startScriptedApp, type ScriptedApp } from './testing/scripted-app.ts';

const found = findBrowser();
const asked: string[] = [];
let other: Server;
let stun: Socket;
let app: ScriptedApp;
let path = '';

beforeAll(async () => {
  other = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('outside');
  });
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const { port } = other.address() as AddressInfo;
  stun = createSocket('udp4', () => asked.push('a datagram'));
  stun.bind(port, '127.0.0.1');
  app = await startScriptedApp(`http://127.0.0.1:${port}`);
  if (found.kind === 'packaged') path = await sparticuz.executablePath();
  if (found.kind === 'installed') path = found.path;
});

afterAll(() => {
  other.close();
  stun.close();
  app.close();
});

const browse = (
  steps: readonly DriveStep[],
  times = { totalMs: 60_000, stepMs: 20_000, patienceMs: 1_500 },
): Promise<DriveReport> =>
  driveInBrowser(
    { path, isSandboxed: process.getuid?.() !== 0, sandboxUrl: app.sandboxUrl },
    { app: 'app', slot: 'preview', steps, screenshot: true },
    times,
  );

/** The same steps by the driver without a browser. */
const byHttp = async (steps: readonly DriveStep[]): Promise<DriveReport> => {
  const report = await drive(async ({ method, path, headers, body }) => {
    const answer = await fetch(`${app.sandboxUrl}/apps/app/preview${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return ok({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: text,
      truncated: false,
      durationMs: 1,
    });
  }, steps);
  if (!report.ok) throw new Error(report.error.detail);
  return report.value;
};

const formSteps: readonly DriveStep[] = [
  { action: 'visit', path: '/' },
  { action: 'click', target: 'New note' },
  { action: 'fill', field: 'Title', value: 'Milk & eggs' },
  { action: 'fill', field: 'Colour', value: 'Red' },
  { action: 'fill', field: 'Pinned', value: 'yes' },
  { action: 'submit' },
  { action: 'expect_status', status: 200 },
  { action: 'expect_element', selector: 'body' },
  { action: 'expect_text', text: 'Milk & eggs (r, pinned)' },
  { action: 'expect_no_text', text: 'Nothing here' },
];

describe.skipIf(found.kind === 'none')('driving in a real browser', () => {
  it('takes the same steps as the driver over HTTP', async () => {
    const [seen, read] = [await browse(formSteps), await byHttp(formSteps)];
    expect(seen.failed).toBeUndefined();
    expect(seen.taken).toEqual(read.taken);
    expect(seen.page).toContain('200 /notes "Notes"');
    expect(seen.page).toContain('- listitem: Milk & eggs (r, pinned)');
    expect(seen.screenshot).toMatch(/^data:image\/jpeg;base64,.{1000,}/);
    // A secure cookie comes back, as it would from the deployed app.
    expect(
      app.seen.some((line) => line.includes('GET /apps/app/preview/notes') && line.includes('cookie=name=Ann')),
    ).toBe(true);
  });

  it('sees what scripts make, which HTTP does not', async () => {
    const steps: readonly DriveStep[] = [
      { action: 'visit', path: '/' },
      { action: 'expect_text', text: 'made by a script' },
      { action: 'click', target: 'Press' },
      { action: 'expect_text', text: 'pressed' },
    ];
    const [seen, read] = [await browse(steps), await byHttp(steps)];
    expect(seen.failed).toBeUndefined();
    expect(seen.notes).toContain('console: a complaint');
    expect(read.failed).toMatchObject({
      step: 2,
      reason: expect.stringContaining('expected the text "made by a script"'),
    });
    expect(read.notes).toEqual(['1 scripts of / were not run']);
  });

  it.each<readonly [string, readonly DriveStep[], string]>([
    [
      'a part that is not there',
      [{ action: 'click', target: 'Old note' }],
      'no link, button or text "Old note"; there are "New note", "Elsewhere"',
    ],
    ['another origin', [{ action: 'click', target: 'Elsewhere' }], 'outside of the app'],
    ['an address outside', [{ action: 'visit', path: 'http://169.254.169.254/' }], 'is outside of the app'],
    ['a file', [{ action: 'visit', path: 'file:///etc/passwd' }], 'is outside of the app'],
    ['a redirect out', [{ action: 'visit', path: '/to-other' }], 'outside of the app'],
    ['an unreadable selector', [{ action: 'expect_element', selector: ':::' }], 'the selector cannot be read'],
    [
      'an empty required field',
      [{ action: 'visit', path: '/new' }, { action: 'submit' }],
      'the field "title" is required and empty',
    ],
    [
      'a wrong choice',
      [
        { action: 'visit', path: '/new' },
        { action: 'fill', field: 'Colour', value: 'Green' },
      ],
      '"Green" cannot be chosen; there are "Red", "Blue"',
    ],
    ['a page without a form', [{ action: 'submit' }], 'there are 0 forms here'],
    [
      'a wrong status',
      [
        { action: 'visit', path: '/gone' },
        { action: 'expect_status', status: 200 },
      ],
      'expected status 200, found 404',
    ],
  ])('says where it stopped at %s', async (_what, steps, reason) => {
    const report = await browse([{ action: 'visit', path: '/' }, ...steps]);
    expect(report.failed).toMatchObject({ step: steps.length + 1, reason: expect.stringContaining(reason) });
    expect(asked).toEqual([]);
  });

  it('needs a page, and follows a new window', async () => {
    expect((await browse([{ action: 'submit' }])).failed?.reason).toContain('no page is open');
    const report = await browse([
      { action: 'visit', path: '/' },
      { action: 'click', target: 'Window' },
      { action: 'fill', field: 'Title', value: 'x' },
    ]);
    expect(report.failed).toBeUndefined();
  });

  it('lets nothing out of the app, by whatever way a page tries', async () => {
    const report = await browse([
      { action: 'visit', path: '/out' },
      { action: 'expect_text', text: 'fetched' },
      { action: 'expect_text', text: 'socket' },
      { action: 'expect_text', text: 'tls' },
      { action: 'expect_no_text', text: 'root:' },
    ]);
    expect(report.failed).toBeUndefined();
    const refused = report.notes.filter((note) => note.startsWith('refused')).join('\n');
    for (const address of ['/fetched', '/redirected', '/image', '/frame', 'https://other.invalid']) {
      expect(refused).toContain(address);
    }
    expect(asked).toEqual([]);
  });

  it('goes past dialogs, downloads and windows without end, and is not lied to', async () => {
    const dialogs = await browse([
      { action: 'visit', path: '/alerts' },
      { action: 'expect_text', text: 'past the alert' },
    ]);
    expect(dialogs.notes).toContain('alert "one" was accepted');
    const download = await browse([
      { action: 'visit', path: '/' },
      { action: 'visit', path: '/file' },
    ]);
    expect(download.failed?.step).toBe(2);
    expect(download.notes.join()).toContain('refused: the download of /file');
    const windows = await browse([{ action: 'visit', path: '/windows' }]);
    expect(windows.notes).toContain('refused: more windows');
    const lies = await browse([
      { action: 'visit', path: '/lies' },
      { action: 'expect_text', text: 'the truth' },
    ]);
    expect(lies.failed).toBeUndefined();
  });

  it('ends a page that loops or takes all memory, and the next call is served', async () => {
    const times = { totalMs: 20_000, stepMs: 3_000, patienceMs: 1_000 };
    const loop = await browse(
      [
        { action: 'visit', path: '/loop' },
        { action: 'click', target: 'Turn' },
      ],
      times,
    );
    expect(loop.failed).toMatchObject({ step: 2, action: 'click' });
    const memory = await browse(
      [
        { action: 'visit', path: '/memory' },
        { action: 'expect_text', text: 'x' },
      ],
      times,
    );
    expect(memory.failed).toBeDefined();
    const next = await browse([{ action: 'visit', path: '/' }]);
    expect(next.failed).toBeUndefined();
  });

  it('sends nothing of the platform’s and a host name that cannot be guessed', () => {
    expect(app.seen.every((line) => line.includes('forged='))).toBe(true);
    const hosts = app.seen.flatMap((line) => / host=([0-9a-f]{32}\.localhost) /u.exec(line)?.[1] ?? []);
    expect(new Set(hosts).size).toBeGreaterThan(10);
  });
});
