import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildProject } from './client.ts';

let browser: Browser;
let projectId = '';

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args });
  const project = await buildProject(
    '# Notes\n\nA note has a title (required, at most 40 characters) and a text.\n\nThere is a page for notes.\n',
  );
  expect(project.status).toBe('completed');
  ({ projectId } = project);
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
