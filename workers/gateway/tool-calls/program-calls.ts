/** The calls of a person's program, as a target that travels to the sandbox. */
import { RpcTarget } from 'cloudflare:workers';
import type { ProgramCalls } from '../../../shared/rpc/sandbox.ts';

class DirectCalls extends RpcTarget implements ProgramCalls {
  readonly #answer: ProgramCalls['call'];

  constructor(answer: ProgramCalls['call']) {
    super();
    this.#answer = answer;
  }

  call(index: number, tool: string, argumentsJson: string): ReturnType<ProgramCalls['call']> {
    return this.#answer(index, tool, argumentsJson);
  }
}

/** A target that the sandbox can call. */
export const createProgramCalls = (answer: ProgramCalls['call']): ProgramCalls => new DirectCalls(answer);
