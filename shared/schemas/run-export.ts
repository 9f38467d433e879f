/** The lines of an exported run. What an event holds is checked by folding it, not here. */
import { z } from 'zod';

const sequence = z.number().int().min(0);
const event = z.looseObject({ type: z.string() });
const logged = { sequence, recordedAt: z.number(), event };

const seat = z.object({
  agentId: z.string(),
  role: z.string(),
  name: z.string(),
  model: z.string(),
  sequence,
  stateHash: z.string(),
});

const journalEntry = z.object({
  key: z.string(),
  effectClass: z.string(),
  status: z.string(),
  attempt: z.number().int(),
  value: z.unknown().optional(),
  message: z.string().optional(),
  startedAt: z.number(),
  settledAt: z.number().optional(),
});

export const exportLineSchema = z.discriminatedUnion('line', [
  z.object({
    line: z.literal('header'),
    format: z.number().int(),
    projectId: z.string(),
    workspaceId: z.string(),
    name: z.string(),
    exportedAt: z.number(),
    sequence,
    stateHash: z.string(),
    agents: z.array(seat),
  }),
  z.object({ line: z.literal('event'), ...logged }),
  z.object({ line: z.literal('message'), message: z.unknown() }),
  z.object({ line: z.literal('agent_event'), agentId: z.string(), ...logged }),
  z.object({ line: z.literal('journal'), agentId: z.string(), entry: journalEntry }),
  z.object({ line: z.literal('file'), path: z.string(), oid: z.string() }),
  // The hash of all lines before it, with their line ends: says where a file was cut or changed.
  z.object({ line: z.literal('checkpoint'), lines: z.number().int(), sha256: z.string() }),
  z.object({ line: z.literal('end'), lines: z.number().int(), sha256: z.string() }),
]);

export type ExportLine = z.infer<typeof exportLineSchema>;
