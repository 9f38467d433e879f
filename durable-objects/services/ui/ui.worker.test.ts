import { describe, expect, it } from 'vitest';
import { newUi, valueOf } from '../testing/services.ts';

const page = (template: string, title = 'Notes') => ({ pages: [{ name: 'notes', path: '/notes', title, template }] });
const hostile = `"><script>alert(1)</script>'&`;
const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;';

describe('pages', () => {
  it('are rendered with data, lists and what is missing', async () => {
    const ui = await newUi(
      page('<ul>{{#notes}}<li title="{{text}}">{{text}}</li>{{/notes}}{{^notes}}none{{/notes}}</ul>'),
    );
    const { body, contentType, status } = valueOf(
      await ui.render({ page: 'notes', data: { notes: [{ text: 'a' }, { text: 'b' }] } }),
    );
    expect([status, contentType]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('<ul><li title="a">a</li><li title="b">b</li></ul>');
    expect(valueOf(await ui.render({ page: 'notes', data: {} })).body).toContain('<ul>none</ul>');
    expect(await ui.render({ page: 'other', data: {} })).toMatchObject({ error: { type: 'resource.not_found' } });
  });

  it('never make markup of a value, wherever it may stand', async () => {
    const ui = await newUi({
      title: hostile,
      ...page(
        '<a href="{{prefix}}/x/{{value}}" title=\'{{value}}\'>{{value}}</a><textarea>{{value}}</textarea>',
        hostile,
      ),
    });
    const { body } = valueOf(await ui.render({ page: 'notes', data: { value: hostile }, prefix: hostile }));
    expect(body).not.toContain('<script>');
    expect(body.split(escaped).length - 1).toBeGreaterThanOrEqual(7);
  });

  it('find nothing of an object but its own data', async () => {
    const ui = await newUi(page('[{{constructor}}][{{toString}}][{{list.length}}][{{#run}}x{{/run}}]'));
    const { body } = valueOf(await ui.render({ page: 'notes', data: { list: [] } }));
    expect(body).toContain('[][][0][]');
  });

  it.each([
    ['<script>const x = "{{value}}";</script>', 'no escaping'],
    ['<style>a { color: {{value}} }</style>', 'no escaping'],
    ['<p onclick="go({{value}})">x</p>', 'onclick'],
    ['<p style="color: {{value}}">x</p>', 'style'],
    ['<a href="{{value}}">x</a>', 'href'],
    ['<a href="{{prefix}}{{value}}">x</a>', 'href'],
    ['<svg><a xlink:href="{{value}}">x</a></svg>', 'xlink:href'],
    ['<svg><a><animate attributeName="href" to="{{value}}"/></a></svg>', 'to'],
    ['<iframe srcdoc="{{value}}"></iframe>', 'srcdoc'],
    ['<p class={{value}}>x</p>', 'no escaping'],
    ['<{{value}}>', 'tag'],
    ['<p {{value}}="1">', 'no escaping'],
    ['{{{value}}}', 'always escaped'],
    ['{{&value}}', 'always escaped'],
    ['{{>other}}', 'always escaped'],
    ['<!-- {{value}} -->', 'no escaping'],
    ['<p title="{{#a}}">{{/a}}', 'must end where it began'],
    ['{{#a}}', 'Unclosed section'],
    ['<p title="x', 'ends within'],
  ])('are refused when they are declared: %s', async (template, reason) => {
    const ui = await newUi(page('<p>before</p>'));
    const answer = await ui.configure({
      title: 'App',
      themes: {},
      assets: [],
      pages: [{ name: 'notes', title: 'T', template, access: 'public', data: {} }],
    });
    expect(answer).toMatchObject({ ok: false, error: { issues: [{ field: 'ui.pages[0].template' }] } });
    expect(JSON.stringify(answer)).toContain(reason);
    expect(valueOf(await ui.render({ page: 'notes', data: {} })).body).toContain('<p>before</p>');
  });

  it('that would be endless are refused', async () => {
    const ui = await newUi(page(`{{#rows}}{{#rows}}${'x'.repeat(5_000)}{{/rows}}{{/rows}}`));
    const rows = Array.from({ length: 200 }, () => 1);
    expect(await ui.render({ page: 'notes', data: { rows } })).toMatchObject({ error: { type: 'request.too_large' } });
  });
});

describe('files', () => {
  it('are what the declaration says at exactly their path, with a validator of their text', async () => {
    const ui = await newUi({
      assets: [
        { path: '/site.css', contentType: 'text/css; charset=utf-8', text: 'a{}' },
        { path: '/copy.css', contentType: 'text/css', text: 'a{}' },
        { path: '/other.js', contentType: 'text/javascript', text: 'b' },
      ],
    });
    const site = valueOf(await ui.asset({ path: '/site.css' }));
    expect(site).toMatchObject({ status: 200, contentType: 'text/css; charset=utf-8', body: 'a{}' });
    expect(site.etag).toMatch(/^"[\w-]+"$/);
    expect(valueOf(await ui.asset({ path: '/copy.css' })).etag).toBe(site.etag);
    expect(valueOf(await ui.asset({ path: '/other.js' })).etag).not.toBe(site.etag);
    for (const path of [
      '/../site.css',
      '/x/../site.css',
      '/%2e%2e/site.css',
      '//site.css',
      'site.css',
      '/SITE.css',
      '/',
      '',
      '__proto__',
    ])
      expect(await ui.asset({ path }), path).toMatchObject({ error: { type: 'resource.not_found' } });
  });
});

describe('themes', () => {
  const themes = {
    dark: { colours: { background: '#000', text: 'white' }, font: 'Georgia, serif' },
    light: { colours: { text: '#111' } },
  };

  it('become properties of the style sheet, the default where none is named', async () => {
    const ui = await newUi({ ...page('x'), themes, defaultTheme: 'light' });
    expect(valueOf(await ui.theme({ name: 'dark' }))).toMatchObject({
      contentType: 'text/css; charset=utf-8',
      body: expect.stringContaining('--background: #000; --text: white; --font: Georgia, serif;'),
    });
    expect(valueOf(await ui.theme({})).body).toContain('--text: #111;');
    expect(valueOf(await (await newUi()).theme({})).body).toContain('color-scheme: light dark');
    for (const name of ['none', '__proto__', 'constructor', ''])
      expect(await ui.theme({ name }), name).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(valueOf(await ui.render({ page: 'notes', data: {}, theme: 'dark' })).body).toContain(
      '/theme.css?theme=dark"',
    );
    expect(await ui.render({ page: 'notes', data: {}, theme: '"><x' })).toMatchObject({ ok: false });
  });
});
