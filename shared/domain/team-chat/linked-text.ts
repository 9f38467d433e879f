/** Texts of the team with links: each link is told right after the words that speak of it. */
import type { ModelEvent, TextLink } from '../../ports/model-client.ts';

/** `words` are what of the text speaks of it. */
export interface WordedLink extends TextLink {
  readonly words: string;
}

/** The text as events, each link at its first words in the text; links of which it does not speak are left out. */
export const tellLinked = (text: string, links: readonly WordedLink[]): readonly ModelEvent[] => {
  const placed = links
    .map((link) => ({ ...link, at: text.indexOf(link.words) }))
    .filter(({ words, at }) => words !== '' && at >= 0)
    .toSorted((left, right) => left.at - right.at || right.words.length - left.words.length);
  const events: ModelEvent[] = [];
  let told = 0;
  for (const { url, title, words, at } of placed) {
    // Words within words that were told already are linked once.
    if (at < told) continue;
    const end = at + words.length;
    events.push({ type: 'text_delta', text: text.slice(told, end) });
    events.push({ type: 'text_linked', link: { url, title }, length: words.length });
    told = end;
  }
  return told === text.length ? events : [...events, { type: 'text_delta', text: text.slice(told) }];
};
