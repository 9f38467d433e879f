/**
 * Whether a message is what a product is to be built from. A greeting must not start a team, and a wish for a change
 * must not start a second project, so a message in a conversation that has its project counts only when it is plainly
 * a whole document.
 */
import { inspectSpecification } from '../project/specification.ts';

const fewestWords = 5;
/** So much text is no chat any more, unless it ends with a question. */
const manyWords = 60;

const order =
  /^(?:please[ ,]+|can you |could you |i(?:'d| would) like you to |i want you to |let'?s )?(?:build|create|make|develop|implement|write|generate|program|design)\b/i;
const wish = /^(?:i|we) (?:want|need|would like|am looking for|are looking for)\b/i;
const things =
  /\b(?:apps?|applications?|systems?|services?|api|site|website|tool|software|platform|program|product)\b/i;

const headingPattern = /^#{1,6}\s+\S/m;
const titlePattern = /^\s*#\s+\S/;

const countWords = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

/** A document with a title of its own. */
const isDocument = (text: string): boolean => titlePattern.test(text) && countWords(text) >= fewestWords;

/** `opening`: the conversation has no project yet. `later`: it has one. */
export const isSpecification = (text: string, moment: 'opening' | 'later'): boolean => {
  const facts = inspectSpecification(text);
  // What is too long or no text is refused by the project itself, in its own words.
  if (!facts.ok) return text.trim() !== '' && moment === 'opening';
  const trimmed = text.trim();
  if (facts.value.format === 'openapi' || isDocument(trimmed)) return true;
  if (moment === 'later') return false;
  const words = countWords(trimmed);
  if (words < fewestWords) return false;
  if (headingPattern.test(trimmed) || order.test(trimmed)) return true;
  if (wish.test(trimmed) && things.test(trimmed)) return true;
  return words >= manyWords && !trimmed.endsWith('?');
};
