/** Provider keys of a workspace as the API takes and shows them. No schema of an answer has a place for a key. */
import { z } from 'zod';
import { credentialEventTypes, type CredentialEventType } from '../rpc/workspace-vault.ts';
import { logQuery } from './paging.ts';

export const credentialPath = z.object({
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be the name of a provider, like openai')
    .meta({ description: 'The first part of the names of its models.' }),
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,39}$/,
      'must be up to 40 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit',
    )
    .meta({ description: 'For people; several names of one provider are used in turn.' }),
});

export const putCredentialBody = z
  .strictObject({
    apiKey: z
      .string()
      .regex(/^[\x21-\x7e]{8,4096}$/, 'must be 8 to 4,096 visible characters of ASCII, without spaces')
      .meta({ description: 'Stored sealed and never shown again.', writeOnly: true }),
    baseUrl: z
      .string()
      .max(500, 'must have at most 500 characters')
      .optional()
      .meta({ description: 'Another address than the provider’s own, on an origin that the operator allows.' }),
  })
  .meta({ id: 'PutCredential' });

export const credentialSchema = z
  .object({
    provider: z.string(),
    name: z.string(),
    baseUrl: z.string().optional(),
    fingerprint: z.string().meta({ description: 'The same for the same key, in this workspace only.' }),
    lastFour: z.string().optional().meta({ description: 'The end of the key; absent for short ones.' }),
    addedAt: z.number(),
    addedBy: z.string().meta({ description: 'The API key that added it.' }),
    usedAt: z.number().optional(),
    result: z.string().optional().meta({ description: '`answered`, or how its last call failed.' }),
  })
  .meta({ id: 'Credential' });

export const credentialListSchema = z
  .object({
    available: z.boolean().meta({ description: 'False: the operator set no vault key, and none can be added.' }),
    credentials: z.array(credentialSchema).readonly(),
  })
  .meta({ id: 'CredentialList' });

export const credentialTestSchema = z
  .object({
    accepted: z.boolean(),
    result: z.string().meta({ description: '`answered`, or how the call failed.' }),
    message: z.string(),
    models: z.number().int().optional().meta({ description: 'How many models the provider listed.' }),
  })
  .meta({ id: 'CredentialTest' });

// SAFETY: the table has exactly these keys.
const eventTypes = Object.keys(credentialEventTypes) as [CredentialEventType, ...CredentialEventType[]];

export const credentialEventQuery = logQuery;

export const credentialEventsSchema = z
  .object({
    events: z
      .array(
        z.object({
          sequence: z.number().int(),
          recordedAt: z.number(),
          type: z.enum(eventTypes),
          provider: z.string().optional(),
          name: z.string().optional(),
          fingerprint: z.string().optional(),
          actor: z.string().optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'CredentialEvents' });
