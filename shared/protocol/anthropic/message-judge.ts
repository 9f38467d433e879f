/**
 * Reads along with a stream of Anthropic's that is passed on untouched, to know whether it came to its end and what it
 * cost. Only the events that say so are parsed; texts, thoughts and tool calls go through unread.
 */
import type { ModelUsage } from '../../ports/model-client.ts';
import { dataOf, parse, type FrameVerdict, type HeardEnd, type StreamJudge } from '../openai/frame-judge.ts';
import { UsageReader } from './usage.ts';

const namePattern = /^event:[ \t]*(\S+)/m;
/** For servers that leave the line with the name out: the type comes first in what they write. */
const typePattern = /^\{\s*"type"\s*:\s*"(\w+)"/;

/** The judge of one answer. `message_stop` alone ends it. */
export class MessageJudge implements StreamJudge {
  readonly #usage = new UsageReader();
  readonly isFinished = false;
  #began = false;
  #heard: HeardEnd = {};

  /** What was told until now. */
  get usage(): ModelUsage | undefined {
    return this.#usage.usage;
  }

  get heard(): HeardEnd {
    return this.#heard;
  }

  /** The next frame, which is one event with or without its empty line. */
  judge(frame: string): FrameVerdict {
    const data = dataOf(frame);
    if (data === undefined) return 'pass';
    if (!data.startsWith('{') || !data.endsWith('}')) return 'broken';
    const name = namePattern.exec(frame)?.[1] ?? typePattern.exec(data)?.[1];
    switch (name) {
      case 'message_start':
        return this.#started(data);
      case 'message_delta':
        return this.#grew(data);
      case 'message_stop':
        return this.#began && parse(data) !== undefined ? 'done' : 'broken';
      case 'error':
        return 'error';
      default:
        return 'pass';
    }
  }

  #started(data: string): FrameVerdict {
    const message = parse(data)?.['message'];
    if (typeof message !== 'object' || message === null) return 'broken';
    this.#began = true;
    if ('id' in message && typeof message.id === 'string') this.#heard = { ...this.#heard, id: message.id };
    this.#usage.note('usage' in message ? message.usage : undefined);
    return 'pass';
  }

  #grew(data: string): FrameVerdict {
    const event = parse(data);
    if (event === undefined) return 'broken';
    this.#usage.note(event['usage']);
    const { delta } = event;
    if (
      typeof delta === 'object' &&
      delta !== null &&
      'stop_reason' in delta &&
      typeof delta.stop_reason === 'string'
    ) {
      this.#heard = { ...this.#heard, finishReason: delta.stop_reason };
    }
    return 'pass';
  }
}
