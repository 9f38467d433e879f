/**
 * Postgres behind the port, by a Hyperdrive binding, which keeps the connections: so each question opens one of its own,
 * and ends it. `postgres` speaks the protocol, over a socket that it is handed: its own one for Workers leaves a rejected
 * promise behind at every end.
 */
import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import { err } from '../../errors/result.ts';
import type { SqlDatabase } from '../../ports/sql-database.ts';
import { isTooMuch, refusedBy, toAnswer } from './cells.ts';

/** The part of the binding that is used. */
interface HyperdriveBinding {
  readonly connectionString: string;
}

/** Whether a binding is a Hyperdrive. */
export const isHyperdrive = (binding: unknown): binding is HyperdriveBinding =>
  typeof binding === 'object' &&
  binding !== null &&
  'connectionString' in binding &&
  typeof binding.connectionString === 'string';

const connectSeconds = 10;
const statementMs = 15_000;
/** What is not answered is not to be held either: rows may be large. */
const rowsAtOnce = 50;
/** The server is shutting down, or somebody ended the connection: the statement is not to blame. */
const serverLeft = /^57P0/;

const openSocket = ({ host, port }: { readonly host: unknown; readonly port: unknown }): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const [name, number] = [host, port].map((value: unknown) => (Array.isArray(value) ? value[0] : value));
    const socket = connect({ host: String(name), port: Number(number) });
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });

/** Postgres itself refuses changes in a read-only transaction, and statements that take long. */
export const createPostgresDatabase = ({ connectionString }: HyperdriveBinding): SqlDatabase => ({
  ask: async ({ statement, parameters, isReadOnly, maxRows }) => {
    const settings = {
      max: 1,
      connect_timeout: connectSeconds,
      // Hyperdrive shares connections, so neither types nor prepared statements outlive a question.
      fetch_types: false,
      prepare: false,
      onnotice: () => undefined,
      // Known to the package, not to its types.
      socket: openSocket,
    };
    const connection = postgres(connectionString, settings);
    let isSent = false;
    try {
      const rows = await connection.begin(isReadOnly ? 'READ ONLY' : '', async (transaction) => {
        await transaction.unsafe(`SET LOCAL statement_timeout = ${statementMs}`);
        isSent = true;
        const asked = transaction.unsafe<Record<string, unknown>[]>(statement, [...parameters]);
        const taken: Record<string, unknown>[] = [];
        for await (const batch of asked.cursor(rowsAtOnce)) {
          taken.push(...batch);
          if (taken.length > maxRows || isTooMuch(taken)) break;
        }
        return taken;
      });
      return toAnswer(rows, maxRows);
    } catch (cause) {
      // Errors of the server are told; those of the connection may name hosts within.
      if (cause instanceof postgres.PostgresError && !serverLeft.test(cause.code)) return refusedBy(cause);
      if (!isSent) return err({ type: 'service.unavailable', detail: 'The database cannot be reached.' });
      const unknown = isReadOnly ? '' : '; whether it took effect is not known';
      return err({
        type: 'service.unavailable',
        detail: `The connection to the database was lost before it had answered the statement${unknown}.`,
      });
    } finally {
      await connection.end({ timeout: 1 });
    }
  },
});
