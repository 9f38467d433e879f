/**
 * What a model thought, as `reasoning_details` say it in Chat Completions
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens): texts with their signatures, and blocks that only the
 * provider can read. In a stream a text comes in pieces of one `index`.
 */
import type { ReasoningBlock } from '../../ports/model-client.ts';

export type ReasoningDetail =
  | {
      readonly type: 'reasoning.text';
      readonly text?: string;
      readonly signature?: string;
      readonly index: number;
    }
  | { readonly type: 'reasoning.encrypted'; readonly data: string; readonly index: number };

/** A detail as it comes from outside. */
export interface SentReasoningDetail {
  readonly type: string;
  readonly text?: string | null | undefined;
  readonly summary?: string | null | undefined;
  readonly data?: string | null | undefined;
  readonly signature?: string | null | undefined;
  readonly index?: number | null | undefined;
}

/** The details of whole blocks. */
export const toReasoningDetails = (reasoning: readonly ReasoningBlock[]): readonly ReasoningDetail[] =>
  reasoning.map((block, index) => {
    if (block.type === 'redacted') return { type: 'reasoning.encrypted', data: block.data, index };
    const signature = block.signature === undefined ? {} : { signature: block.signature };
    return { type: 'reasoning.text', text: block.text, ...signature, index };
  });

/** Blocks from details, whole or in the pieces of a stream; a kind of detail that is not known is left out. */
export const readReasoningDetails = (details: readonly SentReasoningDetail[]): readonly ReasoningBlock[] => {
  const blocks: ReasoningBlock[] = [];
  let open: { text: string; readonly index: number | undefined } | undefined;
  const close = (signature?: string): void => {
    if (open !== undefined) {
      blocks.push({ type: 'text', text: open.text, ...(signature === undefined ? {} : { signature }) });
    }
    open = undefined;
  };
  for (const detail of details) {
    const index = detail.index ?? undefined;
    if (index !== open?.index) close();
    if (detail.type === 'reasoning.encrypted') {
      close();
      if (typeof detail.data === 'string') blocks.push({ type: 'redacted', data: detail.data });
    } else if (detail.type === 'reasoning.text' || detail.type === 'reasoning.summary') {
      open ??= { text: '', index };
      open.text += detail.text ?? detail.summary ?? '';
      if (typeof detail.signature === 'string') close(detail.signature);
    }
  }
  close();
  return blocks;
};
