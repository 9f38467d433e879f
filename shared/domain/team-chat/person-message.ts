/** What a person's message to a running or finished project means. By rules, so that it is the same each time. */
import type { QuestionView } from '../../rpc/project.ts';

export type Meaning =
  /** How it stands. */
  | { readonly type: 'status' }
  /** How it stands, and what happens from now on. */
  | { readonly type: 'follow' }
  /** Something about the project that its records may tell. */
  | { readonly type: 'question' }
  | { readonly type: 'answer'; readonly question: QuestionView; readonly text: string }
  /** Anything else: a note for the project manager. */
  | { readonly type: 'note' };

const statusPattern =
  /^(?:(?:what(?:'s| is| are)?|show(?: me)?|give me|tell me|any|the|current|project|please|and|so)[ ,]+)*(?:status|state|progress|report|news|updates?|overview|summary)\b|^how (?:far|is it|are (?:you|we|things)|does it)\b|^(?:is|are) (?:it|you|we|they|the \w+)(?: \w+){0,2} (?:done|ready|finished|complete)\b|^what (?:happened|is happening|are you doing|is going on)\b|^(?:done|ready|finished)\s*\?/i;

const followPattern =
  /^(?:please )?(?:continue|go on|proceed|carry on|keep going|wait|follow|watch|resume watching)\b/i;

const shortLength = 120;

const wishPattern = /^(?:please|(?:can|could|would|will) (?:you|we))\b/i;
const askPattern =
  /^(?:what|who|why|when|where|which|how|show|list|tell me|explain|describe|give me|is|are|does|do|did|has|have)\b/i;

/** A wish in the form of a question is none. */
const isAsked = (text: string): boolean => text.endsWith('?') && !wishPattern.test(text);

const chosen = ({ choices = [] }: QuestionView, text: string): string =>
  /^\d{1,2}[.)]?$/.test(text) ? (choices[Number.parseInt(text, 10) - 1] ?? text) : text;

/** `questions`: those of the project, of which the oldest open one is answered. */
export const readMeaning = (message: string, questions: readonly QuestionView[], keyId: string): Meaning => {
  const text = message.trim();
  const isShort = text.length <= shortLength;
  if (text === '' || (isShort && statusPattern.test(text))) return { type: 'status' };
  if (isShort && followPattern.test(text)) return { type: 'follow' };
  const question = questions.find(({ status }) => status === 'open');
  if (isAsked(text)) return { type: 'question' };
  if (question !== undefined) return { type: 'answer', question, text: chosen(question, text) };
  // The same request sent again, because its answer was lost.
  const isRepeat = questions.some(
    (asked) => asked.answer?.text === chosen(asked, text) && asked.answer.answeredBy === `person:${keyId}`,
  );
  if (isRepeat) return { type: 'follow' };
  return { type: askPattern.test(text) ? 'question' : 'note' };
};
