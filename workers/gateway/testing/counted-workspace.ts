/** Real workspace objects whose calls are noted by the name of the method. */
import { workspaceStub } from '../../../durable-objects/stubs.ts';
import type { Services } from '../services.ts';
import { bindings } from './harness.ts';

/** For a gateway's `objects`: only its `workspace` may be asked for. */
export const countedWorkspaces = (called: string[]): Services['objects'] => {
  const refuse = (): never => {
    throw new Error('Only workspaces are counted here.');
  };
  return {
    project: refuse,
    agent: refuse,
    repository: refuse,
    conversation: refuse,
    serviceRegistry: refuse,
    topic: refuse,
    topicCatalog: refuse,
    trial: refuse,
    composer: refuse,
    workspace: (workspaceId) =>
      new Proxy(workspaceStub(bindings, workspaceId), {
        get: (target, name, receiver) => {
          called.push(String(name));
          const method: unknown = Reflect.get(target, name, receiver);
          return method;
        },
      }),
  };
};
