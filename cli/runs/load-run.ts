/** A run from the platform or from a file that `aidevos runs export` wrote. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { createRunningHash } from '../../shared/adapters/crypto/text-hash.ts';
import { readExport } from '../../shared/domain/replay/read-export.ts';
import type { RunExport } from '../../shared/domain/replay/run-export.ts';
import { failureOf, type PlatformClient } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import type { Connection } from '../settings.ts';

export interface LoadedRun {
  readonly run: RunExport;
  /** Present when the run came from the platform. */
  readonly client?: PlatformClient;
}

/** The export as it comes from the platform. */
export const openExport = async (connection: Connection, projectId: string): Promise<Readable> => {
  const url = `${connection.url}/api/projects/${encodeURIComponent(projectId)}/export`;
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { authorization: `Bearer ${connection.key}` } });
  } catch {
    throw new CommandFailure(exitCodes.unreachable, 'unreachable', `${connection.url} cannot be reached.`);
  }
  if (!answer.ok) throw failureOf(answer.status, await answer.text());
  if (answer.body === null) throw new CommandFailure(exitCodes.platformFailed, 'internal', 'The export is empty.');
  const body: unknown = answer.body;
  // SAFETY: the same stream; the types of Node and of the platform's runtime differ in name only.
  return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
};

const read = async (input: Readable, name: string): Promise<RunExport> => {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const run = await readExport(lines, createRunningHash());
  if (run.ok) return run.value;
  throw new CommandFailure(exitCodes.differs, 'export.damaged', `${name}: ${run.error.detail}`);
};

const isFile = (source: string): boolean => existsSync(source) && statSync(source).isFile();

/** `source` is a file when there is one of that name, else the id of a project. */
export const loadRun = async (source: string, command: Command): Promise<LoadedRun> => {
  if (isFile(source)) return { run: await read(createReadStream(source, 'utf8'), source) };
  if (!source.startsWith('prj_')) throw usageFailure(`there is no file ${source}, and it is not the id of a project.`);
  const { client, connection } = await createContext(command);
  return { run: await read(await openExport(connection, source), source), client };
};
