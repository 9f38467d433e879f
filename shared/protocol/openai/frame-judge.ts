/**
 * Reads along with a stream of OpenAI's wire that is passed on, to know whether it came to its end and what it
 * used. Frames are not parsed, except the few that may finish a choice, report an error or tell the usage: inside a JSON
 * text every quote has a backslash before it, so the searched characters can stand nowhere but in a key.
 */
import type { ModelUsage } from '../../ports/model-client.ts';
import { readUsage } from './usage.ts';

export type FrameVerdict =
  /** Goes on to the client at once. */
  | 'pass'
  /** The answer is finished by this one: kept until the end of the stream shows that nothing was lost. */
  | 'hold'
  /** Tells nothing but the usage, which the client did not ask for. */
  | 'drop'
  /** `[DONE]`. */
  | 'done'
  /** The provider's own error in the stream. */
  | 'error'
  /** No frame of this protocol. */
  | 'broken';

/** The answer's own id, and why it ended, in the provider's words. */
export interface HeardEnd {
  readonly id?: string | undefined;
  readonly finishReason?: string | undefined;
}

/** Reads along with one stream of any wire. */
export interface StreamJudge {
  /** The answer said that it is finished, though the mark of the end may still be missing. */
  readonly isFinished: boolean;
  /** The tokens that were told until now. */
  readonly usage?: ModelUsage | undefined;
  /** What the frames that are parsed said of the answer. */
  readonly heard?: HeardEnd;
  /** The next frame, which is one event with or without its empty line. */
  judge(frame: string): FrameVerdict;
  /** The frame as the client is to see it, where that differs from what the provider sent. */
  shown?(frame: string): string;
}

const finishPattern = /"finish_reason"\s*:\s*"/;
const errorPattern = /"error"\s*:\s*[{"]/;
const usagePattern = /"usage"\s*:\s*\{/;

/** What every chunk has once the usage was asked for: at the end of its object, or before one last text. */
const noUsagePattern = /,\s?"usage":\s?null(?=(?:,\s?"[a-z_]+":\s?"[^"\\]*")?\}\s*$)/;

const dataField = 'data: ';

/** The data of an event, or undefined where it has none. */
export const dataOf = (frame: string): string | undefined => {
  // Nearly every frame is one line of data and the empty line.
  if (frame.startsWith(dataField) && frame.indexOf('\n') === frame.length - 2 && !frame.includes('\r')) {
    return frame.slice(dataField.length, -2).trim();
  }
  const lines = frame.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice('data:'.length).trim()).join('\n');
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Data as an object; undefined when it is none. */
export const parse = (data: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** True when nothing of the frame's data is missing. */
export const isWholeFrame = (frame: string): boolean => {
  const data = dataOf(frame);
  return data !== undefined && (data === '[DONE]' || parse(data) !== undefined);
};

/** A chunk that has nothing but the usage. */
const isUsageOnly = (chunk: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(chunk['choices']) && chunk['choices'].length === 0;

/** The judge of one stream of `choices` answers; `hidesUsage`: the client does not expect the chunk with the usage. */
export class FrameJudge implements StreamJudge {
  readonly #choices: number;
  readonly #hidesUsage: boolean;
  readonly #finished = new Set<unknown>();
  #usage: ModelUsage | undefined;
  #heard: HeardEnd = {};

  constructor(choices: number, hidesUsage = false) {
    this.#choices = choices;
    this.#hidesUsage = hidesUsage;
  }

  /** What the provider said last that it used. */
  get usage(): ModelUsage | undefined {
    return this.#usage;
  }

  /** Of several choices, the last one to end. */
  get heard(): HeardEnd {
    return this.#heard;
  }

  /** Every choice has said why it ended. */
  get isFinished(): boolean {
    return this.#finished.size >= this.#choices;
  }

  /** The next frame, which is one event with or without its empty line. */
  judge(frame: string): FrameVerdict {
    const data = dataOf(frame);
    if (data === undefined) return 'pass';
    if (data === '[DONE]') return this.isFinished ? 'done' : 'broken';
    if (!data.startsWith('{') || !data.endsWith('}')) return 'broken';
    if (errorPattern.test(data)) {
      const error = parse(data)?.['error'];
      if (error !== undefined && error !== null) return 'error';
    }
    const mayFinish = finishPattern.test(data);
    const tellsUsage = usagePattern.test(data);
    if (!mayFinish && !tellsUsage) return this.isFinished ? 'hold' : 'pass';
    const parsed = parse(data);
    if (parsed === undefined) return 'broken';
    if (tellsUsage) {
      const usage = readUsage(parsed);
      this.#usage = usage ?? this.#usage;
      if (this.#hidesUsage && usage !== undefined && isUsageOnly(parsed)) return 'drop';
    }
    this.#note(parsed);
    return this.isFinished ? 'hold' : 'pass';
  }

  /** Without the `usage: null` of a usage that the client did not ask for. */
  shown(frame: string): string {
    return this.#hidesUsage && frame.includes('"usage"') ? frame.replace(noUsagePattern, '') : frame;
  }

  #note({ id, choices }: Readonly<Record<string, unknown>>): void {
    for (const choice of Array.isArray(choices) ? choices : []) {
      if (!isRecord(choice) || typeof choice['finish_reason'] !== 'string') continue;
      this.#finished.add(choice['index'] ?? 0);
      this.#heard = { id: typeof id === 'string' ? id : undefined, finishReason: choice['finish_reason'] };
    }
  }
}
