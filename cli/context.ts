/** What every command needs: the options that all share, a client, and the exit code it leaves. */
import type { Command } from 'commander';
import { createClient, type PlatformClient } from './api/client.ts';
import { resolveConnection, type Connection, type ConnectionOptions } from './settings.ts';

export interface CommandContext {
  readonly json: boolean;
  readonly connection: Connection;
  readonly client: PlatformClient;
}

interface SharedOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** Whether `--json` was given, also to a parent command. */
export const wantsJson = (command: Command): boolean => command.optsWithGlobals<SharedOptions>().json === true;

/** The context of a command that talks to the platform. */
export const createContext = async (command: Command): Promise<CommandContext> => {
  const options = command.optsWithGlobals<SharedOptions>();
  const connection = await resolveConnection(options);
  return { json: options.json === true, connection, client: createClient(connection) };
};
