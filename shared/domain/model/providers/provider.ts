/** What a provider is, as data: how it is reached, and where it differs from the wire that it speaks. */
import type { ReasoningReturn } from '../openai-messages.ts';

/** Where a server that speaks OpenAI's wire differs from OpenAI. Absent is OpenAI's own way. */
export interface WireQuirks {
  /** The parameter that limits an answer; servers of other makers know only the older one. */
  readonly tokenLimit?: 'max_tokens' | 'max_completion_tokens';
  /** False: `stream_options` is refused. */
  readonly streamOptions?: boolean;
  /** Sent with every request, for example to say which application asks. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The field in which thoughts are given back; absent: they are not. */
  readonly reasoning?: ReasoningReturn;
}

export interface Provider {
  /** The first part of its models' names. */
  readonly name: string;
  readonly title: string;
  readonly wire: 'openai' | 'anthropic' | 'workers-ai';
  /** Its own address; absent: the configuration has to say one. */
  readonly baseUrl?: string;
  /** Names of the variables that configure it. */
  readonly variables: {
    readonly key?: string;
    /** Several keys, separated by commas, which are used in turn. */
    readonly keys?: string;
    readonly baseUrl?: string;
    /** A binding of the Worker. */
    readonly binding?: string;
  };
  /** It makes embeddings: by `POST /embeddings` of OpenAI's wire, or by its binding. */
  readonly embeds: boolean;
  readonly quirks: WireQuirks;
  /** What only a good key is answered; absent: its list of models, `/models`. */
  readonly keyCheckPath?: string;
  /** Its models, where the configuration names them; else those of the table, or whatever it says it has. */
  readonly models?: readonly string[];
}
