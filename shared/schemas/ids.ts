import { z } from 'zod';
import { parseId, type Id, type IdPrefix } from '../domain/ids.ts';

/** An id of one kind as it comes from outside; the result is branded. */
export const idSchema = <Prefix extends IdPrefix>(prefix: Prefix) =>
  z
    .string()
    .transform((text, context): Id<Prefix> => {
      const id = parseId(prefix, text);
      if (id !== undefined) return id;
      context.addIssue({ code: 'custom', message: `must be an id like ${prefix}_01hf7yat00…` });
      return z.NEVER;
    })
    .meta({ type: 'string', pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$` });

/** Path parameters. */
export const projectPath = z.object({ projectId: idSchema('prj') });
export const agentPath = z.object({ agentId: idSchema('agt') });
export const workspacePath = z.object({ workspaceId: idSchema('wsp') });
export const taskPath = projectPath.extend({ taskId: idSchema('tsk') });
export const questionPath = projectPath.extend({ questionId: idSchema('qst') });
export const keyPath = workspacePath.extend({ keyId: idSchema('key') });
