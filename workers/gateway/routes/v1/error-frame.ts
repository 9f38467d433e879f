/** The frame that ends a broken stream, as clients of the API that was addressed read it. */
import { eventFrame, toAnthropicError } from '../../../../shared/protocol/anthropic/error.ts';
import { frameOf } from '../../../../shared/protocol/openai/chunks.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import type { ModelFailure } from '../../../../shared/ports/model-client.ts';
import type { AppContext } from '../../app-environment.ts';
import { speaksAnthropic } from '../../errors/anthropic-error.ts';

export const errorFrame = (context: AppContext, failure: ModelFailure): string => {
  const refusal = fromModelFailure(failure);
  return speaksAnthropic(context)
    ? eventFrame(toAnthropicError(refusal, context.var.requestId))
    : frameOf({ error: refusal.error });
};
