import { describe, expect, it } from 'vitest';
import { ok } from '../../../shared/errors/result.ts';
import type { DriveStep } from '../../../shared/rpc/sandbox.ts';
import { drive, type Send } from './drive.ts';

const page = (body: string, title = 'Notes'): string => `<!doctype html><title>${title}</title><body>${body}`;

/** An app that keeps notes, asks for a name first, and remembers it in a cookie. */
const notesApp = (): { readonly send: Send; readonly requests: string[] } => {
  const notes: string[] = [];
  const requests: string[] = [];
  const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
    ok({
      status,
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
      body,
      truncated: false,
      durationMs: 1,
    });
  const send: Send = async ({ method, path, headers, body = '' }) => {
    requests.push(`${method} ${path} ${body}`);
    const form = new URLSearchParams(body);
    if (path === '/login' && method === 'POST') {
      return answer(303, '', {
        location: '/notes',
        'set-cookie': `name=${form.get('name') ?? ''}; Expires=Wed, 21 Oct 2099 07:28:00 GMT, theme=dark`,
      });
    }
    if (path === '/notes' && method === 'POST') {
      notes.push(
        `${form.get('title') ?? ''} (${form.get('colour') ?? ''}${form.get('pinned') === 'yes' ? ', pinned' : ''})`,
      );
      return answer(303, '', { location: 'notes' });
    }
    if (path === '/notes') {
      if (headers['cookie']?.includes('name=') !== true) return answer(302, '', { location: '/' });
      return answer(
        200,
        page(
          `<script>var x = 'never shown'</script><h1>Notes of ${headers['cookie']}</h1><ul>${notes.map((note) => `<li>${note}</li>`).join('')}</ul><a href="/notes/new">New <b>note</b></a><a href="https://elsewhere.test/">Elsewhere</a>`,
        ),
      );
    }
    if (path === '/notes/new') {
      return answer(
        200,
        page(
          '<form method=post action=/notes><label for=t>Title</label><input id=t name=title required><label>Colour <select name=colour><option value=r>Red<option value=b selected>Blue</select></label><label><input type=checkbox name=pinned value=yes> Pinned</label><input type=hidden name=token value=secret><button>Save</button></form>',
        ),
      );
    }
    if (path === '/')
      return answer(
        200,
        page(
          '<form method=post action=/login><input name=name placeholder="Your name"><button name=go value=1>Come in</button></form>',
          'Welcome',
        ),
      );
    if (path === '/loop') return answer(302, '', { location: '/loop' });
    return answer(404, page('Nothing here', 'Not found'));
  };
  return { send, requests };
};

const login: readonly DriveStep[] = [
  { action: 'visit', path: '/' },
  { action: 'fill', field: 'Your name', value: 'Ann' },
  { action: 'click', target: 'Come in' },
];

const run = async (...steps: readonly DriveStep[]) => {
  const app = notesApp();
  const report = await drive(app.send, steps);
  if (!report.ok) throw new Error(report.error.detail);
  return { ...report.value, requests: app.requests };
};

describe('driving an app', () => {
  it('logs in, follows links, fills in forms and sees what came of it', async () => {
    const report = await run(
      ...login,
      { action: 'expect_text', text: 'Notes of name=Ann; theme=dark' },
      { action: 'click', target: 'New note' },
      { action: 'fill', field: 'Title', value: 'Milk & eggs' },
      { action: 'fill', field: 'Colour', value: 'Red' },
      { action: 'fill', field: 'Pinned', value: 'yes' },
      { action: 'submit' },
      { action: 'expect_status', status: 200 },
      { action: 'expect_element', selector: 'ul > li' },
      { action: 'expect_text', text: 'Milk & eggs (r, pinned)' },
      { action: 'expect_no_text', text: 'never shown' },
    );
    expect(report.failed).toBeUndefined();
    expect(report.taken).toHaveLength(13);
    expect(report.requests).toContain('POST /notes title=Milk+%26+eggs&colour=r&pinned=yes&token=secret');
    expect(report.page).toContain('200 /notes "Notes"');
  });

  it.each<readonly [DriveStep, string]>([
    [{ action: 'expect_text', text: 'Milk' }, 'expected the text "Milk", found: Notes of'],
    [{ action: 'click', target: 'Old note' }, 'there is no link "Old note"; there are "New note", "Elsewhere"'],
    [{ action: 'click', target: 'Elsewhere' }, 'https://elsewhere.test/ is outside of the app'],
    [{ action: 'fill', field: 'Title', value: 'x' }, 'there is no field "Title"; there are none'],
    [{ action: 'submit' }, 'there are 0 forms here'],
    [{ action: 'expect_status', status: 500 }, 'expected status 500, found 200'],
    [{ action: 'expect_element', selector: 'table' }, 'expected an element table, found none'],
    [{ action: 'expect_element', selector: ':::' }, 'the selector cannot be read'],
    [{ action: 'visit', path: '/loop' }, 'more than 5 redirects'],
    [{ action: 'visit', path: 'http://169.254.169.254/' }, 'is outside of the app'],
  ])('stops at %j', async (step, reason) => {
    const report = await run(...login, step, { action: 'visit', path: '/never' });
    expect(report.failed).toMatchObject({ step: 4, reason: expect.stringContaining(reason) });
    expect(report.requests.join()).not.toContain('/never');
  });

  it('needs a page, and what a form requires', async () => {
    expect((await run({ action: 'submit' })).failed?.reason).toContain('no page is open');
    const empty = await run(...login, { action: 'click', target: 'New note' }, { action: 'click', target: 'Save' });
    expect(empty.failed?.reason).toContain('the field "Title" is required and empty');
  });
});
