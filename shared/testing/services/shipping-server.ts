/** A service outside, on a port of its own: quotes for shipping, and answers that a careful caller must survive. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ShippingServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1. */
export const startShippingServer = async (): Promise<ShippingServer> => {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shipping');
    const json = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    const weight = Number(searchParams.get('weight'));
    if (pathname === '/v1/quote') json(200, { cents: 490 + weight * 10, key: request.headers['x-key'] ?? null });
    else if (pathname === '/v1/redirect') json(302, {}, { location: 'http://169.254.169.254/latest/meta-data' });
    else if (pathname === '/v1/fail') json(500, {});
    else if (pathname === '/v1/large') response.writeHead(200).end('x'.repeat(3 * 1024 * 1024));
    else if (pathname !== '/v1/never') json(404, {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    // SAFETY: a server that listens on a port has an address of this form.
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};
