/** An answer that no language model wrote, kept to what the request allows, with its size told as tokens. */
import type { ModelEvent, ModelRequest } from '../../ports/model-client.ts';

/** A rough count: four characters to a token. */
const charactersPerToken = 4;

const countTokens = (length: number): number => Math.ceil(length / charactersPerToken);

const lengthOf = ({ system, messages }: ModelRequest): number =>
  messages.reduce((sum, { content }) => sum + content.length, system.length);

/** Text beyond the request's limit is not sent: the answer then ends for its length. */
export async function* boundAnswer(
  request: ModelRequest,
  events: AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent, void> {
  const most = request.maxOutputTokens * charactersPerToken;
  let said = 0;
  const usage = (): ModelEvent => ({
    type: 'usage',
    usage: { inputTokens: countTokens(lengthOf(request)), outputTokens: countTokens(said), cachedInputTokens: 0 },
  });
  for await (const event of events) {
    if (event.type === 'finished') yield usage();
    if (event.type !== 'text_delta') {
      yield event;
      continue;
    }
    const text = event.text.slice(0, most - said);
    said += text.length;
    if (text !== '') yield { type: 'text_delta', text };
    if (text.length < event.text.length) {
      yield usage();
      yield { type: 'finished', stopReason: 'length' };
      return;
    }
  }
}
