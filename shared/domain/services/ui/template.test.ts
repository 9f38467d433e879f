import { describe, expect, it } from 'vitest';
import { checkTemplate, renderTemplate } from './template.ts';

const evil = `"><script>alert('1')</script>`;

describe('pages', () => {
  it('escape every value', () => {
    const template = '<p title="{{a}}">{{a}}</p><ul>{{#list}}<li>{{name}}</li>{{/list}}{{^list}}none{{/list}}</ul>';
    expect(checkTemplate(template)).toMatchObject({ ok: true });
    const html = renderTemplate(template, { a: evil, list: [{ name: '<b>' }] });
    expect(html).not.toContain('<script>');
    expect(html).toContain('<li>&lt;b&gt;</li>');
    expect(renderTemplate(template, { a: '', list: [] })).toContain('none');
  });

  it('find nothing but what they are given', () => {
    expect(renderTemplate('[{{constructor}}{{toString}}{{__proto__}}]', {})).toBe('[]');
  });

  it.each([
    '<a href="{{prefix}}/orders/{{id}}">x</a>',
    "<a href='/orders/{{id}}'>x</a>",
    '<title>{{a}}</title><textarea>{{a}}</textarea>',
    '<!-- comment --><p class="a {{b}}">1 < 2 {{c}}</p>',
    '{{#a}}<p>{{b}}</p>{{/a}}',
    '<script>const a = 1 < 2;</script>{{a}}',
    '<img alt="" src="/x.png"><p>{{a}}</p>',
  ])('may be %s', (template) => {
    expect(checkTemplate(template)).toEqual({ ok: true, value: null });
  });

  it.each([
    '{{{a}}}',
    '{{&a}}',
    '{{>partial}}',
    '{{=<% %>=}}<%& a %>',
    '<script>const a = "{{a}}";</script>',
    '<style>p { color: {{a}} }</style>',
    '<p onclick="{{a}}">x</p>',
    '<p style="{{a}}">x</p>',
    '<a href="{{url}}">x</a>',
    '<a href={{url}}>x</a>',
    '<{{tag}}>',
    '<p {{attributes}}>',
    '<p title="{{#a}}">{{/a}}',
    '<!-- {{a}} -->',
    '<SCRIPT>{{a}}</SCRIPT>',
    '<svg><script>{{a}}</script></svg>',
    '<p title="x',
    '{{#a}}',
    '<iframe srcdoc="{{a}}"></iframe>',
    '<a\nhref\n=\n"{{url}}">x</a>',
    '<a title=">" href="{{url}}">x</a>',
  ])('must not be %s', (template) => {
    expect(checkTemplate(template)).toMatchObject({ ok: false });
  });
});
