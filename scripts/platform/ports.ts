/**
 * TCP ports on the loopback interface, reserved until the service listens.
 *
 * Looking whether a port is free is not enough: the runtime shares ports (`SO_REUSEPORT`), so two platforms that start
 * at the same moment would both get the same one without an error, and requests would reach either.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const loopback = '127.0.0.1';

export interface ReservedPort {
  readonly port: number;
  /** To be called when the service listens, or will not. */
  readonly release: () => void;
}

/** A reservation that was never released belongs to a process that was killed while starting. */
const reservationMs = 90_000;

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });

const tryReserve = (path: string): boolean => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

const claim = (port: number): ReservedPort | undefined => {
  const path = join(tmpdir(), `aidevos-port-${port}`);
  const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (madeAt !== undefined && Date.now() - madeAt > reservationMs) rmSync(path, { force: true });
  return tryReserve(path) ? { port, release: () => rmSync(path, { force: true }) } : undefined;
};

/** This port, when nobody listens on it and nobody is about to. */
export const reservePort = async (port: number): Promise<ReservedPort | undefined> => {
  const reserved = claim(port);
  if (reserved === undefined) return undefined;
  if ((await listen(port)) !== undefined) return reserved;
  reserved.release();
  return undefined;
};

/** Any free port. */
export const reserveFreePort = async (): Promise<ReservedPort> => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = await listen(0);
    const reserved = port === undefined ? undefined : claim(port);
    if (reserved !== undefined) return reserved;
  }
  throw new Error('no free port was found on the loopback interface');
};
