import { vi } from 'vitest';
import { AgentObject } from '../../durable-objects/index.ts';
import type { Message } from '../../shared/domain/message/envelope.ts';

type Receive = (this: AgentObject, message: Message) => ReturnType<AgentObject['receiveMessage']>;

/** Holds back the messages to agents that are chosen, until the promise is kept; answers what records all messages. */
export const delayMessages = (isLate: (message: Message) => boolean, until: Promise<void>) => {
  // SAFETY: the method of this name, whose type is taken from the class.
  const receive = Reflect.get(AgentObject.prototype, 'receiveMessage') as Receive;
  return vi.spyOn(AgentObject.prototype, 'receiveMessage').mockImplementation(async function (
    this: AgentObject,
    message,
  ) {
    if (isLate(message)) await until;
    return receive.call(this, message);
  });
};
