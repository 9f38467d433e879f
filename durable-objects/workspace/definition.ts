import type { ManagedObjectDefinition } from '../platform/managed-object.ts';
import { workspaceMigrations } from './migrations.ts';

/** Keys and credentials are not among what is shown as its state: the routes for them say who may see what of them. */
export const workspaceDefinition: ManagedObjectDefinition = {
  migrations: workspaceMigrations,
  openTables: {
    workspace: ['id', 'name', 'created_at', 'sequence'],
    project: ['id', 'name', 'created_at'],
    quality_alarm: ['id', 'model', 'measure', 'raised_at', 'updated_at'],
  },
  refuseExport:
    'A workspace holds the hashes of API keys and sealed credentials, which leave it in no file. Export its projects and agents one by one.',
};
