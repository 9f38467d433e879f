/**
 * Names of topics, and the patterns that stand for many: words joined by dots, `orders.created`. In a pattern `*` is any
 * one word and `>` at the end is one word or more, as in NATS (https://docs.nats.io/nats-concepts/subjects).
 */
import { err, ok, type Result } from '../../errors/result.ts';

declare const topicBrand: unique symbol;

/** A text that `parseTopicName` has accepted. */
export type TopicName = string & { readonly [topicBrand]: 'name' };

/** A text that `parseTopicPattern` has accepted; every name is a pattern of itself. */
export type TopicPattern = string & { readonly [topicBrand]: 'name' | 'pattern' };

const maxTopicLength = 200;
const maxTopicWords = 16;

const wordPattern = /^[A-Za-z0-9_-]{1,64}$/;

const refuse = (reason: string): Result<never, string> => err(reason);

const findFault = (text: string, isWord: (word: string, isLast: boolean) => boolean, form: string) => {
  if (text.length > maxTopicLength) return `has ${text.length} characters; at most ${maxTopicLength} are allowed`;
  const words = text.split('.');
  if (words.length > maxTopicWords) return `has ${words.length} words; at most ${maxTopicWords} are allowed`;
  return words.every((word, index) => isWord(word, index === words.length - 1)) ? undefined : form;
};

/** The topic of that name, or why the text cannot be one. */
export const parseTopicName = (text: string): Result<TopicName, string> => {
  const fault = findFault(
    text,
    (word) => wordPattern.test(word),
    'must be words of letters, digits, "_" and "-" (1 to 64 each), joined by dots: orders.created',
  );
  // SAFETY: the shape was just checked.
  return fault === undefined ? ok(text as TopicName) : refuse(fault);
};

/** The pattern, or why the text cannot be one. */
export const parseTopicPattern = (text: string): Result<TopicPattern, string> => {
  const fault = findFault(
    text,
    (word, isLast) => wordPattern.test(word) || word === '*' || (word === '>' && isLast),
    'must be words joined by dots, where "*" is any word and ">" at the end the rest: orders.* or orders.>',
  );
  // SAFETY: the shape was just checked.
  return fault === undefined ? ok(text as TopicPattern) : refuse(fault);
};

/** Whether the pattern stands for the topic. Takes one look at each word, so no pattern is expensive. */
export const matchesTopic = (pattern: TopicPattern, topic: TopicName): boolean => {
  const expected = pattern.split('.');
  const words = topic.split('.');
  const isOpen = expected.at(-1) === '>';
  if (isOpen ? words.length < expected.length : words.length !== expected.length) return false;
  return expected.every((word, index) => word === '>' || word === '*' || word === words[index]);
};
