/** Workspaces, API keys and tickets as the API takes and shows them. */
import { z } from 'zod';
import { roles } from '../domain/access/policy.ts';
import { projectName } from './project.ts';

export const createWorkspaceBody = z.strictObject({ name: projectName }).meta({ id: 'CreateWorkspace' });

export const createKeyBody = z
  .strictObject({ name: projectName, role: z.enum(roles, `must be one of ${roles.join(', ')}`) })
  .meta({ id: 'CreateApiKey' });

export const workspaceSchema = z
  .object({
    workspaceId: z.string(),
    name: z.string(),
    createdAt: z.number(),
    projects: z.number().int(),
    keys: z.number().int(),
    sequence: z.number().int(),
  })
  .meta({ id: 'Workspace' });

export const apiKeySchema = z
  .object({
    keyId: z.string(),
    name: z.string(),
    role: z.enum(roles),
    createdAt: z.number(),
    revokedAt: z.number().optional(),
  })
  .meta({ id: 'ApiKey' });

const shownOnce = z.string().meta({ description: 'The key itself. It is shown this once and stored nowhere.' });

export const createdKeySchema = apiKeySchema.extend({ key: shownOnce }).meta({ id: 'CreatedApiKey' });

export const createdWorkspaceSchema = workspaceSchema
  .extend({ ownerKey: createdKeySchema })
  .meta({ id: 'CreatedWorkspace' });

export const workspaceListSchema = z
  .object({
    workspaces: z.array(z.object({ workspaceId: z.string(), name: z.string(), createdAt: z.number() })).readonly(),
    next: z.string().optional(),
  })
  .meta({ id: 'WorkspaceList' });

export const apiKeyListSchema = z.object({ keys: z.array(apiKeySchema).readonly() }).meta({ id: 'ApiKeyList' });

export const ticketSchema = z
  .object({ ticket: z.string(), expiresAt: z.number() })
  .meta({ id: 'Ticket', description: 'Opens one WebSocket or event stream, as `?ticket=`.' });

export const rebuildSchema = z
  .object({ projects: z.number().int().meta({ description: 'Projects asked to write their rows again.' }) })
  .meta({ id: 'DirectoryRebuild' });

export const callerSchema = z
  .object({ workspaceId: z.string(), keyId: z.string(), role: z.enum(roles) })
  .meta({ id: 'Caller' });
