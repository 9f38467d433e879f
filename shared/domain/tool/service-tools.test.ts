import { describe, expect, it } from 'vitest';
import { createId } from '../ids.ts';
import { objectService, plainObject } from '../service-registry/objects.ts';
import { ok } from '../../errors/result.ts';
import { findServices } from './service-tools.ts';
import type { ToolContext } from './tool.ts';

const projectId = createId('prj', 1, new Uint8Array(16));

/** The tool's answer in that project, and what was looked for. */
const run = async (input: Record<string, unknown>, found = [plainObject('agt_1', 1)]) => {
  const asked: unknown[] = [];
  const context: Pick<ToolContext, 'projectId' | 'findServices'> = {
    projectId,
    findServices: async (criteria) => {
      asked.push(criteria);
      return ok({ services: found.map((object) => objectService('agent', object)), asOf: 1, lapsed: false });
    },
  };
  // SAFETY: the tool reaches nothing else.
  const result = await findServices.run(JSON.stringify(input), context as ToolContext);
  return { ...result, asked };
};

describe('find_services', () => {
  it('finds objects of the agent’s own project alone, and services of the whole workspace', async () => {
    const own = await run({ name: 'aidevos-agent', attributes: { role: 'reviewer' } });
    expect(own.asked).toEqual([{ name: 'aidevos-agent', attributes: { role: 'reviewer', projectId }, limit: 10 }]);
    expect(own.content).toBe('aidevos-agent/agt_1 0.1.0 passing: can engineering, mailbox, tools');
    const foreign = await run({ name: 'aidevos-agent', attributes: { projectId: 'prj_other' } });
    expect([foreign.isError, foreign.asked]).toEqual([true, []]);
    const services = await run({ capability: 'git', limit: 3 });
    expect(services.asked).toEqual([{ attributes: {}, capabilities: ['git'], limit: 3 }]);
    expect((await run({ name: 'aidevos-topic' })).asked).toEqual([
      { name: 'aidevos-topic', attributes: {}, limit: 10 },
    ]);
  });

  it('says so when there is nobody', async () => {
    expect((await run({ name: 'payments' }, [])).content).toContain('Nobody');
  });
});
