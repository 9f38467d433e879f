import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loopback, reserveFreePort, reservePort } from './ports.ts';

describe('reservePort', () => {
  it('gives a port to one of many that ask at once', async () => {
    const { port, release } = await reserveFreePort();
    release();
    const claims = await Promise.all(Array.from({ length: 5 }, () => reservePort(port)));
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
    for (const claim of claims) claim?.release();
    const again = await reservePort(port);
    expect(again?.port).toBe(port);
    again?.release();
  });

  it('does not give a port that somebody listens on', async () => {
    const { port, release } = await reserveFreePort();
    release();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(port, loopback, () => resolve());
    });
    expect(await reservePort(port)).toBeUndefined();
    server.close();
  });
});
