/** The events of a streamed answer, and how one is written. */
import type {
  OutputItem,
  OutputText,
  ReasoningText,
  ResponseAnswer,
  ShownLogprob,
  SummaryText,
  UrlAnnotation,
} from './answer.ts';

interface InItem {
  readonly item_id: string;
  readonly output_index: number;
}

interface InContent extends InItem {
  readonly content_index: number;
}

interface InSummary extends InItem {
  readonly summary_index: number;
}

/** What an event says, before it has its number. */
export type EventBody =
  | {
      readonly type:
        | 'response.created'
        | 'response.in_progress'
        | 'response.completed'
        | 'response.incomplete'
        | 'response.failed';
      readonly response: ResponseAnswer;
    }
  | {
      readonly type: 'response.output_item.added' | 'response.output_item.done';
      readonly output_index: number;
      readonly item: OutputItem;
    }
  | ({
      readonly type: 'response.content_part.added' | 'response.content_part.done';
      readonly part: OutputText | ReasoningText;
    } & InContent)
  | ({
      readonly type: 'response.output_text.delta';
      readonly delta: string;
      readonly logprobs: readonly ShownLogprob[];
    } & InContent)
  | ({
      readonly type: 'response.output_text.annotation.added';
      readonly annotation_index: number;
      readonly annotation: UrlAnnotation;
    } & InContent)
  | ({
      readonly type: 'response.output_text.done';
      readonly text: string;
      readonly logprobs: readonly ShownLogprob[];
    } & InContent)
  | ({ readonly type: 'response.reasoning_text.delta'; readonly delta: string } & InContent)
  | ({ readonly type: 'response.reasoning_text.done'; readonly text: string } & InContent)
  | ({
      readonly type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done';
      readonly part: SummaryText;
    } & InSummary)
  | ({ readonly type: 'response.reasoning_summary_text.delta'; readonly delta: string } & InSummary)
  | ({ readonly type: 'response.reasoning_summary_text.done'; readonly text: string } & InSummary)
  | ({
      readonly type: 'response.function_call_arguments.delta' | 'response.custom_tool_call_input.delta';
      readonly delta: string;
    } & InItem)
  | ({
      readonly type: 'response.function_call_arguments.done';
      readonly name: string;
      readonly arguments: string;
    } & InItem)
  | ({ readonly type: 'response.custom_tool_call_input.done'; readonly input: string } & InItem);

export type ResponseEvent = EventBody & { readonly sequence_number: number };

/** One server-sent event; the stream ends with the last one, without a mark of its own. */
export const eventFrame = (event: ResponseEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
