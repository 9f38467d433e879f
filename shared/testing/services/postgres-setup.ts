/** Vitest's setup of the services ring: runs only when its tests do, unlike the configuration, which every run reads. */
import { startPostgres } from './postgres-server.ts';

/** Set by the configuration, where there is a Postgres to start. */
const portVariable = 'SERVICES_POSTGRES_PORT';

export default async (): Promise<(() => Promise<void>) | undefined> => {
  const port = Number(process.env[portVariable] ?? 0);
  if (port === 0) return undefined;
  const server = await startPostgres(port);
  return () => server.close();
};
