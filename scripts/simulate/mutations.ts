/** Bugs that are put in on purpose, to see that the invariants notice them. */

export const mutations = {
  'no-intent': 'the journal writes no row before the effect',
  'redo-unsafe': 'an unsafe step in doubt is done again instead of parked',
  'skip-lookup': 'a lookup step in doubt is done again without asking',
  'unstable-key': 'each attempt of a step gets an idempotency key of its own',
  'no-dedupe': 'a message that comes twice is taken twice',
  'no-fence': 'the repository takes writes of holders whose lease has passed on',
  'ack-before-commit': 'answers leave before what they tell is on disk',
  'effect-after-cancel': 'nobody looks once more, right before the effect, whether the run goes on',
  'used-up-alarm': 'an alarm that fires is not set again before the work',
  'lost-outbox': 'messages are sent without an outbox row',
} as const satisfies Readonly<Record<string, string>>;

export type Mutation = keyof typeof mutations;

export const isMutation = (text: string): text is Mutation => Object.hasOwn(mutations, text);
