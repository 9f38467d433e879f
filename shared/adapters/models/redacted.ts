/** A model client whose failures repeat no key, for callers to whom the provider's words are passed on. */
import { redactKeys } from '../../domain/model/redact.ts';
import { ofCredential } from '../../domain/model/failure.ts';
import type { ModelClient } from '../../ports/model-client.ts';

/** The same client; `secrets` are the account's own keys, `credential` is what the workspace calls the one in use. */
export const withoutKeys = (
  client: ModelClient,
  secrets: readonly string[],
  credential: string | undefined,
): ModelClient => ({
  async *stream(request, signal) {
    for await (const event of client.stream(request, signal)) {
      if (event.type !== 'failed') yield event;
      else {
        const failure = ofCredential(event.failure, credential);
        yield { ...event, failure: { ...failure, message: redactKeys(failure.message, secrets) } };
      }
    }
  },
});
