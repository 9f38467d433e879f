/** Agents by their number: those of a workspace whose projects have eight each. */
import { agentStub, type ObjectBindings } from '../../../durable-objects/stubs.ts';
import { createId, type AgentId, type ProjectId } from '../../../shared/domain/ids.ts';
import { localWorkspaceId } from '../../../shared/domain/access/workspaces.ts';
import type { Range, SampleJob } from '../jobs.ts';
import { inParallel } from './in-parallel.ts';

export type AgentBindings = Pick<ObjectBindings, 'AGENT'>;

const agentsOfProject = 8;
const atOnce = 32;

/** The number stands in the place of the time, so that a later job finds the same agent. */
const agentIdOf = (number: number): AgentId => createId('agt', number, new Uint8Array(16));
const projectIdOf = (number: number): ProjectId =>
  createId('prj', Math.floor(number / agentsOfProject), new Uint8Array(16));
const stubOf = (env: AgentBindings, number: number) => agentStub(env, localWorkspaceId, agentIdOf(number));

/** An agent as it is after its first letter: enrolled, with one message in its mailbox and its events. */
const grow = async (env: AgentBindings, number: number): Promise<void> => {
  const agentId = agentIdOf(number);
  const agent = stubOf(env, number);
  const enrolled = await agent.enroll({
    commandId: 'enroll',
    workspaceId: localWorkspaceId,
    projectId: projectIdOf(number),
    agentId,
    role: 'backend',
    name: `backend-${number}`,
    model: 'offline/engineer',
  });
  if (!enrolled.ok) throw new Error(enrolled.error.detail);
  const received = await agent.receiveMessage({
    messageId: createId('msg', number, new Uint8Array(16)),
    sender: `project:${projectIdOf(number)}`,
    recipient: `agent:${agentId}`,
    messageType: 'note',
    content: 'The list of parcels is to be sorted by weight.',
    timestamp: 0,
    stamp: { workspaceId: localWorkspaceId, sequence: 1 },
  });
  if (!received.ok) throw new Error(received.error.detail);
};

/** From the request to the answer of one object, which is loaded for it when it was not in memory. */
const timeOf = async (env: AgentBindings, number: number): Promise<number> => {
  const startedAt = performance.now();
  const view = await stubOf(env, number).get();
  if (!view.ok) throw new Error(view.error.detail);
  return performance.now() - startedAt;
};

/** The answer to a job about agents; undefined for another one. */
export const serveAgents = async (
  pathname: string,
  request: Request,
  env: AgentBindings,
): Promise<Response | undefined> => {
  if (pathname === '/agents/grow') {
    await inParallel(await request.json<Range>(), atOnce, (number) => grow(env, number));
    return Response.json({});
  }
  if (pathname === '/agents/wake') {
    const { numbers } = await request.json<SampleJob>();
    const timesMs: number[] = [];
    for (const number of numbers) timesMs.push(await timeOf(env, number));
    return Response.json({ timesMs });
  }
  return undefined;
};
