import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildProject, sendJson, type ProjectAnswer } from './client.ts';
import { deployApp } from './deploy-app.ts';

let browser: Browser;
let projectId = '';
let workspaceId = '';

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args });
  const project = await buildProject(
    '# Notes\n\nA note has a title (required, at most 40 characters) and a text.\n\nThere is a page for notes.\n',
  );
  expect(project.status).toBe('completed');
  ({ projectId, workspaceId } = project as ProjectAnswer & { readonly workspaceId: string });
});

afterAll(async () => {
  await browser.close();
});

/** Everything the page complained about, and every address it asked for. */
const openPage = async (path: string) => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${inject('url')}${path}`);
  return { page, complaints, asked };
};

describe('in a real browser', () => {
  it('a person keeps a note on the page of a built app', async () => {
    const { page, complaints } = await openPage(`/apps/${projectId}/pages/notes`);
    await page.getByLabel(/title/i).first().fill('Milk & <b>bread</b>');
    await page.locator('form[method="post"] button[type="submit"]').first().click();
    await page.getByText('Milk & <b>bread</b>').first().waitFor();
    expect(await page.locator('td b').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('the API reference works without any other host', async () => {
    const { page, complaints, asked } = await openPage('/docs');
    await page.getByText('/api/projects').first().waitFor();
    expect(complaints).toEqual([]);
    expect(asked.every((url) => url.startsWith(inject('url')) || url.startsWith('data:'))).toBe(true);
  });

  it('the start page says what is running and where to go', async () => {
    const { page } = await openPage('/');
    expect(await page.title()).toContain('AIDevOS');
    expect(await page.getByRole('link').count()).toBeGreaterThan(1);
  });
});

/** An app whose page is made by a script, which also tries to reach another server. */
const scriptedApp = `
  import { DurableObject } from 'cloudflare:workers';
  const page = \`<!doctype html><title>Counter</title><button>Count</button><p id=n>0</p><script src=/counter.js></script>\`;
  const script = \`
    const shown = document.getElementById('n');
    document.querySelector('button').onclick = async () => {
      shown.textContent = 'counted ' + (await (await fetch('/count', { method: 'POST' })).text());
    };
    fetch('https://elsewhere.invalid/').catch(() => document.body.append('kept in'));
  \`;
  export class App extends DurableObject {
    constructor(ctx: DurableObjectState, env: unknown) {
      super(ctx, env);
      ctx.storage.sql.exec('create table if not exists hit (id integer primary key)');
    }
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      if (pathname === '/counter.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } });
      if (pathname !== '/count') return new Response(page, { headers: { 'content-type': 'text/html' } });
      this.ctx.storage.sql.exec('insert into hit default values');
      return new Response(String(this.ctx.storage.sql.exec('select count(*) as n from hit').one()['n']));
    }
  }
`;

const drive = async (slot: string, steps: readonly object[], more: object = {}) => {
  const path = `/api/projects/${projectId}/tools/drive_app`;
  const answer = await sendJson(path, { arguments: { slot, steps, ...more } });
  expect(answer.status).toBe(200);
  return answer.json as { readonly content: string; readonly isError: boolean };
};

describe('the tool that drives apps', () => {
  it('fills in a form of the built app in a browser', async () => {
    const { content, isError } = await drive('preview', [
      { action: 'visit', path: '/pages/notes' },
      { action: 'fill', field: 'title', value: 'Bread' },
      { action: 'submit', button: 'Create' },
      { action: 'expect_text', text: 'Bread' },
    ]);
    expect(content).toContain('drivenBy: browser');
    expect([content, isError]).toEqual([content, false]);
  });

  it('sees what a script makes of the page, begins with empty data each time, and lets nothing out', async () => {
    const files = { 'src/app.ts': scriptedApp };
    const app = `${workspaceId}/app-host/${projectId}`;
    await deployApp({ app, slot: 'staging', version: 'scripted', files, entry: 'src/app.ts' });
    const steps = [
      { action: 'visit', path: '/' },
      { action: 'expect_text', text: 'kept in' },
      { action: 'click', target: 'Count' },
      { action: 'expect_text', text: 'counted 1' },
    ];
    for (let turn = 0; turn < 2; turn += 1) {
      const { content, isError } = await drive('staging', steps, { screenshot: true });
      expect([content, isError]).toEqual([content, false]);
      expect(content).toContain('drivenBy: browser');
      expect(content).toContain('refused, outside of the app: https://elsewhere.invalid');
      expect(content).toMatch(/data:image\/jpeg;base64,\S{1000,}/u);
    }
  });
});
