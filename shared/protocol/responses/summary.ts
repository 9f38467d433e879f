/**
 * A summary that stands for a part of a conversation, as the opaque text that clients give back (`encrypted_content`). It
 * hides nothing from the client, whose conversation it is.
 */

/** Tells the version, and this platform's texts from others. */
const mark = 'aidevos-summary1.';

export const encodeSummary = (summary: string): string => mark + summary;

/** The summary; undefined when the text is not one that `encodeSummary` made. */
export const decodeSummary = (text: string): string | undefined =>
  text.startsWith(mark) ? text.slice(mark.length) : undefined;

/** As the model is told it. */
export const spokenSummary = (summary: string): string =>
  `What was said and done before, summarised to save space:\n\n${summary}`;
