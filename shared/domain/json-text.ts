/** Finding one's way in JSON that is left as it is. */

/**
 * One past the closing quote of the text whose opening quote stands at `start`; the length of `json` where it is not
 * closed. Goes from quote to quote, since nearly all of a long conversation is inside of texts.
 */
export const endOfText = (json: string, start: number): number => {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json.charAt(quote - 1 - backslashes) === '\\') backslashes += 1;
    // An even number of them are escaped by each other, and the quote is none of the text.
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
};
