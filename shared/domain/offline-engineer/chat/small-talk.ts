/**
 * What rules can answer about a conversation itself: they greet, repeat what they are told to say, work out a formula,
 * and find again what was said before. Everything else is for others.
 */
import { calculate } from './arithmetic.ts';
import { wordsOf } from './words.ts';

const longestMessage = 2_000;

const quotedText = String.raw`["“'${'`'}]([^"”'${'`'}\n]{1,500})["”'${'`'}]`;

/** Texts that are to be said as they stand. */
const orders: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:say|repeat|reply|respond|answer|echo|print|output|write|return)\b[^"“${'`'}\n]{0,40}?\s${quotedText}`,
    'i',
  ),
  /\b(?:reply|respond|answer|say|write|output)\b[^:\n]{0,40}\b(?:exactly|only|just|verbatim|the (?:single )?words?|the text)\s*(?:with\s+)?(?:the\s+(?:single\s+)?(?:words?|text|phrase|following)\s*)?:?\s+([^\n]{1,200}?)\s*$/i,
  /\b(?:reply|respond|answer) with:?\s+(\S{1,60})(?:\s+only)?\s*[.!]?$/im,
  /^\s*(?:please\s+)?(?:just\s+)?(?:say|repeat|echo)(?:\s+after me)?:?\s+((?:\S+\s+){0,7}\S+?)\s*[.!]?\s*$/i,
];

/** Words after “say” that ask for a text instead of being one. */
const notSaid =
  /\b(?:something|anything|more|what|why|how|who|where|about|nothing|exactly \d+|in \d+|\d+ words?|sentences?|joke|story|poem|number|word|name|only)\b/i;

const repeated = (message: string): string | undefined => {
  for (const order of orders) {
    const text = order.exec(message)?.[1]?.trim();
    if (text !== undefined && text !== '' && (order === orders[0] || !notSaid.test(text))) return text;
  }
  return undefined;
};

const asksForSum =
  /^\s*(?:please\s+)?(?:what(?:'|’)?s|what is|what are|how much is|calculate|compute|evaluate|solve|work out)?\s*([-(]{0,4}\d[\d\s.,()+*/×÷^%-]{0,200}[\d)])\s*(?:=|equals?|\?|\.)?\s*\??\s*$/i;

const worked = (message: string): string | undefined => {
  const formula = asksForSum.exec(message)?.[1];
  const value = formula === undefined ? undefined : calculate(formula);
  return formula === undefined || value === undefined ? undefined : `${formula.trim()} = ${value}`;
};

const isQuestion = (sentence: string): boolean =>
  /\?\s*$/.test(sentence) || /^\s*(?:what|who|where|when|which|how|why|do you|can you)\b/i.test(sentence);

const sentencesOf = (message: string): readonly string[] =>
  message
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

/** The sentence before that has every word of the question that says something. */
const remembered = (message: string, earlier: readonly string[]): string | undefined => {
  const asked = wordsOf(sentencesOf(message).filter(isQuestion).join(' '));
  if (asked.length === 0) return undefined;
  const said = earlier.slice(-200).flatMap((text) => sentencesOf(text.slice(0, longestMessage)));
  const found = said.findLast((sentence) => {
    const words = wordsOf(sentence);
    return !isQuestion(sentence) && words.length > asked.length && asked.every((word) => words.includes(word));
  });
  return found === undefined ? undefined : `You said: “${found}”`;
};

const isGreeting = (message: string): boolean =>
  /^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|howdy)\b[\s\w,!.]{0,20}$/i.test(message);

const isThanks = (message: string): boolean => /^\s*(?:thanks|thank you|thx|cheers)\b[^?]{0,60}$/i.test(message);

/** The answer to the last message, or undefined where these rules have none. `earlier` is what the person said before. */
export const smallTalk = (message: string, earlier: readonly string[]): string | undefined => {
  if (message.length > longestMessage) return undefined;
  if (isGreeting(message)) return 'Hello.';
  if (isThanks(message)) return 'You are welcome.';
  return repeated(message) ?? worked(message) ?? remembered(message, earlier);
};
