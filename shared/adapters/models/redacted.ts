/** A model client whose failures repeat no key, for callers to whom the provider's words are passed on. */
import { redactKeys } from '../../domain/model/redact.ts';
import type { ModelClient } from '../../ports/model-client.ts';

/** The same client; `secrets` are the account's own keys. */
export const withoutKeys = (client: ModelClient, secrets: readonly string[]): ModelClient => ({
  async *stream(request, signal) {
    for await (const event of client.stream(request, signal)) {
      if (event.type !== 'failed') yield event;
      else yield { ...event, failure: { ...event.failure, message: redactKeys(event.failure.message, secrets) } };
    }
  },
});
