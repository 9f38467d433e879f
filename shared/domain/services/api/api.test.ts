import { describe, expect, it } from 'vitest';
import { apiConfiguration } from '../../../schemas/services/api.ts';
import { fill, fillText } from './fill.ts';
import { openApiDocument } from './openapi.ts';
import { matchRoute } from './routes.ts';

const configuration = apiConfiguration.parse({
  title: 'Shop',
  routes: [
    { operationId: 'readOrder', method: 'GET', path: '/orders/{id}' },
    { operationId: 'readLatest', method: 'GET', path: '/orders/latest', access: 'any' },
    { operationId: 'createOrder', method: 'POST', path: '/orders', access: 'session', body: { type: 'object' } },
  ],
});

describe('routes', () => {
  it.each([
    ['GET', '/orders/7%2F8', { kind: 'route', route: { operationId: 'readOrder' }, parameters: { id: '7/8' } }],
    ['GET', '/orders/latest', { kind: 'route', route: { operationId: 'readLatest' } }],
    ['DELETE', '/orders', { kind: 'other_methods', methods: ['POST'] }],
    ['GET', '/orders/', { kind: 'none' }],
    ['GET', '/orders/%E0%A4%A', { kind: 'none' }],
    ['GET', '/', { kind: 'none' }],
  ])('%s %s', (method, path, expected) => {
    expect(matchRoute(configuration.routes, method, path)).toMatchObject(expected);
  });

  it('are described', () => {
    expect(openApiDocument(configuration, '/apps/shop')).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: '/apps/shop' }],
      paths: {
        '/orders/{id}': { get: { parameters: [{ name: 'id', in: 'path', required: true }], security: [] } },
        '/orders/latest': { get: { security: [{ session: [] }, { key: [] }] } },
        '/orders': { post: { requestBody: { required: true } } },
      },
    });
  });
});

describe('holes', () => {
  const context = { body: { title: 'a&b', tags: ['x'] }, parameters: { id: '../7' } };

  it('are filled with values, alone as they are and within text as text', () => {
    const template = {
      title: '{{body.title}}',
      tags: '{{ body.tags }}',
      line: 'It is {{body.title}}.',
      other: '{{body.none}}',
      n: 1,
    };
    expect(fill(template, context)).toEqual({ title: 'a&b', tags: ['x'], line: 'It is a&b.', other: null, n: 1 });
    expect(fillText('/orders/{{parameters.id}}?q={{body.title}}', context, encodeURIComponent)).toBe(
      '/orders/..%2F7?q=a%26b',
    );
    expect(fillText('{{parameters.id}}', context, encodeURIComponent)).toBe('..%2F7');
  });

  it('reach nothing but own fields', () => {
    for (const path of [
      'constructor',
      'body.constructor.name',
      'body.title.length',
      '__proto__.x',
      'body.tags.length.x',
    ])
      expect(fill(`{{${path}}}`, context)).toBe(null);
  });
});
