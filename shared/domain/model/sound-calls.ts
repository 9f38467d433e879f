/** A model client that does not finish with calls whose arguments are no object, for wires that cannot say them. */
import type { ModelClient, ModelEvent } from '../../ports/model-client.ts';
import { readArguments } from './call-arguments.ts';
import { createFailure } from './failure.ts';

interface HeardCall {
  readonly name: string;
  argumentsJson: string;
}

const judge = (event: ModelEvent, calls: ReadonlyMap<number, HeardCall>): ModelEvent => {
  // Calls that were cut off with the answer are told as cut off.
  if (event.type !== 'finished' || event.stopReason === 'length') return event;
  const unsound = [...calls.values()].find(({ argumentsJson }) => readArguments(argumentsJson) === undefined);
  if (unsound === undefined) return event;
  const sentence = `The model wrote arguments for the tool ${unsound.name.slice(0, 100)} that are no JSON object.`;
  return { type: 'failed', failure: createFailure('malformed_response', sentence) };
};

/** The same client; a finished answer with unsound arguments is a failed one that may be tried again. */
export const withSoundCalls = (client: ModelClient): ModelClient => ({
  async *stream(request, signal) {
    const calls = new Map<number, HeardCall>();
    for await (const event of client.stream(request, signal)) {
      if (event.type === 'tool_call_started') calls.set(event.index, { name: event.name, argumentsJson: '' });
      if (event.type === 'tool_call_delta') {
        const call = calls.get(event.index);
        if (call !== undefined) call.argumentsJson += event.argumentsText;
      }
      yield judge(event, calls);
    }
  },
});
