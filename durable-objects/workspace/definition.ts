import type { ManagedObjectDefinition } from '../platform/managed-object.ts';
import { workspaceMigrations, workspaceTables } from './migrations.ts';

/** Keys and credentials are not among what is shown as its state: the routes for them say who may see what of them. */
export const workspaceDefinition: ManagedObjectDefinition = {
  migrations: workspaceMigrations,
  openTables: workspaceTables,
  irreversible:
    'projects, keys and money of a workspace are facts: going back would bring back what was revoked or spent. Change the ' +
    'one thing that is meant, with its own command',
  refuseExport:
    'A workspace holds the hashes of API keys and sealed credentials, which leave it in no file. Export its projects and agents one by one.',
};
