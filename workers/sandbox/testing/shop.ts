/** A shop of services alone: what a composition's manifest would declare of it. */

/** @param shippingOrigin where the service outside is. */
export const shopDeclaration = (shippingOrigin: string) => ({
  auth: { sessionMinutes: 60 },
  user: { roles: { clerk: ['products.write'] } },
  data: {
    collections: [
      {
        name: 'products',
        schema: {
          type: 'object',
          required: ['title', 'cents'],
          properties: { title: { type: 'string', minLength: 1 }, cents: { type: 'integer', minimum: 0 } },
          additionalProperties: false,
        },
        indexes: [{ fields: ['title'], isUnique: true }],
      },
      { name: 'orders', isOwned: true, schema: { type: 'object', required: ['productId', 'count'] } },
    ],
  },
  api: {
    title: 'Shop',
    routes: [
      {
        operationId: 'listProducts',
        method: 'GET',
        path: '/api/products',
        action: { do: 'data.query', collection: 'products', orderBy: [{ field: 'title' }] },
      },
      {
        operationId: 'createProduct',
        method: 'POST',
        path: '/api/products',
        access: 'key',
        scope: 'products.write',
        body: { type: 'object', required: ['title'] },
        action: { do: 'data.insert', collection: 'products', value: '{{body}}' },
      },
      {
        operationId: 'placeOrder',
        method: 'POST',
        path: '/api/orders',
        access: 'session',
        body: {
          type: 'object',
          required: ['productId', 'count'],
          properties: { productId: { type: 'string' }, count: { type: 'integer', minimum: 1, maximum: 99 } },
          additionalProperties: false,
        },
        action: {
          do: 'data.insert',
          collection: 'orders',
          value: { productId: '{{body.productId}}', count: '{{body.count}}' },
        },
        event: 'order.placed',
      },
      {
        operationId: 'listOrders',
        method: 'GET',
        path: '/api/orders',
        access: 'session',
        action: { do: 'data.query', collection: 'orders' },
      },
      {
        operationId: 'readOrder',
        method: 'GET',
        path: '/api/orders/{id}',
        access: 'session',
        action: { do: 'data.get', collection: 'orders', id: '{{parameters.id}}' },
      },
      {
        operationId: 'cancelOrder',
        method: 'DELETE',
        path: '/api/orders/{id}',
        access: 'session',
        action: { do: 'data.remove', collection: 'orders', id: '{{parameters.id}}' },
      },
      {
        operationId: 'quoteShipping',
        method: 'GET',
        path: '/api/shipping',
        query: { type: 'object', required: ['weight'], properties: { weight: { type: 'integer', minimum: 1 } } },
        action: { do: 'connector.call', connector: 'shipping', path: '/quote?weight={{query.weight}}' },
      },
      {
        operationId: 'readFigures',
        method: 'GET',
        path: '/api/figures',
        access: 'session',
        permission: 'products.write',
        action: { do: 'analytics.totals' },
      },
    ],
  },
  ui: {
    title: 'Shop',
    pages: [
      {
        name: 'home',
        path: '/',
        title: 'Products',
        template:
          '<h1>Products</h1><ul>{{#products}}<li><a href="{{prefix}}/products/{{id}}">{{title}}</a></li>{{/products}}</ul>',
        data: { products: { collection: 'products', orderBy: [{ field: 'title' }] } },
        event: 'home.viewed',
      },
      {
        name: 'orders',
        path: '/orders',
        title: 'My orders',
        access: 'session',
        template:
          '<ul>{{#orders}}<li>{{count}} × {{productId}}</li>{{/orders}}{{^orders}}<li>none yet</li>{{/orders}}</ul>',
        data: { orders: { collection: 'orders' } },
      },
    ],
    assets: [{ path: '/robots.txt', contentType: 'text/plain', text: 'User-agent: *\n' }],
    themes: { dark: { colours: { background: '#111', text: '#eee' } } },
    defaultTheme: 'dark',
  },
  analytics: {},
  connector: {
    connectors: [
      {
        name: 'shipping',
        baseUrl: `${shippingOrigin}/v1`,
        timeoutMs: 1_000,
        perMinute: 100,
        secretHeader: { name: 'x-key', secretName: 'APP_SECRET_SHIPPING' },
      },
    ],
  },
});
