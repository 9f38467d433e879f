/** Helping a colleague who is stuck: rules over what went wrong. What no rule knows is said, not guessed. */
import { answer, type Answer, type Conversation } from '../conversation.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly advise: (match: RegExpExecArray) => string;
}

const rules: readonly Rule[] = [
  {
    pattern: /This task may not write ([^\n]+?)\. It may write: ([^\n]+?)\./,
    advise: ([, foreign = '', own = '']) =>
      `Do not write ${foreign}: it belongs to another task. Write only ${own}, and reach the rest by importing what is there.`,
  },
  {
    pattern: /The passage does not stand in (\S+?)\. Read the file again/,
    advise: ([, path = '']) =>
      `Read ${path} again before you edit it and copy the passage to the letter, or write the whole file with write_files.`,
  },
  {
    pattern: /The passage stands in (\S+) (\d+) times/,
    advise: ([, path = '', times = '']) =>
      `The passage stands in ${path} ${times} times: include the lines around it so that it is unique, or write the whole file.`,
  },
  {
    pattern: /The arguments do not fit: ([^\n]+)/,
    advise: ([, why = '']) =>
      `The arguments of the call were wrong (${why}). Mend exactly these fields and call again.`,
  },
  {
    pattern: /The arguments are not JSON/,
    advise: () => 'The arguments of the call were not JSON. Send one JSON object, with quotes inside of texts escaped.',
  },
  {
    pattern: /(\S+) could not be loaded: ([^\n]+)/,
    advise: ([, file = '', why = '']) =>
      `${file} does not even load (${why}). Mend that first, by the import or the syntax named there; no assertion has run yet.`,
  },
  {
    pattern: /FAILED (\S+) > ([^\n]+)\n\s+([^\n]+)(?:\n\s+expected: ([^\n]+))?(?:\n\s+actual:\s+([^\n]+))?/,
    advise: ([, file = '', name = '', message = '', expected, actual]) =>
      [
        `Look at one failure only: “${name}” in ${file}: ${message.trim()}.`,
        ...(expected === undefined || actual === undefined
          ? []
          : [`It wants ${expected} and gets ${actual}: search for where ${actual} comes from.`]),
        'Your repairs did not change this at all, so they are in the wrong place: read the code that the test calls.',
      ].join(' '),
  },
  {
    pattern: /(\S+\.tsx?):(\d+):\d+ (TS\d+) ([^\n]+)/,
    advise: ([, file = '', line = '', code = '', message = '']) =>
      `Begin with the first type error, ${code} in line ${line} of ${file}: ${message.trim()}. The others may follow from it.`,
  },
  {
    pattern: /(\S+) was called (\d+) times in a row with the same arguments/,
    advise: ([, tool = '', times = '']) =>
      `${tool} will not answer differently after ${times} times. Use what it told you, or ask for something else; when the task is done, hand it in.`,
  },
];

/** The advice for what a stuck colleague met; the most telling rule first. */
export const assist = ({ task }: Conversation): Answer => {
  for (const { pattern, advise } of rules) {
    const match = pattern.exec(task);
    if (match !== null) {
      return answer('I see what is wrong.', { tool: 'submit_advice', input: { helpful: true, advice: advise(match) } });
    }
  }
  return answer('I do not know what is wrong.', {
    tool: 'submit_advice',
    input: {
      helpful: false,
      advice: 'I cannot help: I recognise nothing in what was tried that I know a way out of.',
    },
  });
};
