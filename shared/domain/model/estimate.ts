/**
 * How many tokens a call may take at most, and how many an interrupted one probably took. The first is reserved before
 * the call and holds for every tokenizer that works on bytes, since a token stands for at least one byte; the second is
 * booked when nobody will ever say the true number.
 */
import type { ModelUsage } from '../../ports/model-client.ts';

/** What providers add to a request of their own: roles, separators, the frame around tools. */
const providerOverheadTokens = 1_000;

/** English text and code have about four bytes a token. */
const bytesPerToken = 4;

/** Length of the text in UTF-8 bytes. */
export const utf8Length = (text: string): number => {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Half of a surrogate pair: a pair is four bytes, two a unit.
    if (unit >= 0xd800 && unit <= 0xdfff) bytes += 1;
    else if (unit > 0x7ff) bytes += 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
};

/** The most that a call of this size can use. */
export const largestUsage = (bytes: number, maxOutputTokens: number): ModelUsage => ({
  inputTokens: bytes + providerOverheadTokens,
  outputTokens: maxOutputTokens,
  cachedInputTokens: 0,
});

/** What a call probably used of which only the sizes are known. */
export const likelyUsage = (inputBytes: number, outputBytes: number): ModelUsage => ({
  inputTokens: Math.ceil(inputBytes / bytesPerToken),
  outputTokens: Math.ceil(outputBytes / bytesPerToken),
  cachedInputTokens: 0,
});
