/**
 * Reads a Markdown product specification, written by anybody, into the model that the generator builds from.
 * It is rule-based and deterministic. Sentences that demand something it cannot express are answered with their
 * exact words, line and what would help; it never pretends to have understood them.
 */

import type { Result } from '../../../errors/result.ts';
import { err, ok } from '../../../errors/result.ts';
import type { AppModel, Misunderstanding } from '../app-model.ts';
import { plainInline } from './blocks/inline.ts';
import type { Block } from './blocks/reader.ts';
import { readBlocks } from './blocks/reader.ts';
import { splitSentences } from './blocks/sentences.ts';
import type { Draft } from './draft/draft.ts';
import { newDraft } from './draft/draft.ts';
import { finishModel } from './draft/finish.ts';
import { settleComputed, settleRequired, settleTexts, settleTypes } from './draft/settle.ts';
import { interpretStatements, newRules } from './interpret.ts';
import { settleTransitions } from './rules/transitions.ts';
import { bareHeading } from './sections/classify.ts';
import type { Statement } from './sections/statements.ts';
import { collectStatements } from './sections/collect.ts';
import { discoverResources } from './sections/discover.ts';
import { isEnglish } from './sections/language.ts';
import { outline } from './sections/outline.ts';

/** Longest specification that is read, in characters. */
const LONGEST_SPECIFICATION = 1_000_000;
/** Sentences that a specification may hold beside its fields. */
const MOST_STATEMENTS = 2_500;
/** Resources that a specification may declare. */
const MOST_RESOURCES = 60;

const refuse = (sentence: string, line: number, reason: string): Result<AppModel, readonly Misunderstanding[]> =>
  err([{ sentence: sentence.slice(0, 500), line, reason }]);

const firstSentence = (blocks: readonly Block[]): { readonly text: string; readonly line: number } => {
  for (const block of blocks) {
    if (block.kind !== 'paragraph' && block.kind !== 'item') continue;
    const [first] = splitSentences(block.lines);
    if (first !== undefined) return first;
  }
  const heading = blocks.find((block) => block.kind === 'heading');
  return { text: heading?.kind === 'heading' ? heading.text : '', line: heading?.line ?? 1 };
};

const titleFrom = (blocks: readonly Block[], declared: string | undefined): string => {
  const heading =
    blocks.find((block) => block.kind === 'heading' && block.level === 1) ??
    blocks.find((block) => block.kind === 'heading');
  const raw = declared ?? (heading?.kind === 'heading' ? heading.text : '');
  const title = bareHeading(raw)
    .replace(
      /^(?:product |software |technical |functional |requirements? )*(?:spec(?:ification)?|requirements?|prd|brief)\s*(?:for|of|:|–|—|-)\s*(?:an? |the )?/i,
      '',
    )
    .replace(
      /\s*[-–—:]?\s*(?:product |software |technical |functional )*(?:spec(?:ification)?s?|requirements?|prd)$/i,
      '',
    )
    .trim();
  return title === '' ? (raw.trim() === '' ? 'App' : raw.trim()) : title;
};

const describe = (draft: Draft, statements: readonly Statement[]): void => {
  const opening = statements.find(
    (statement) =>
      !statement.listed &&
      statement.section !== 'rules' &&
      statement.section !== 'endpoints' &&
      !/\b(?:GET|POST|PUT|PATCH|DELETE) \//.test(statement.text) &&
      statement.text.split(' ').length > 2 &&
      !statement.text.endsWith(':'),
  );
  draft.description = opening === undefined ? '' : plainInline(opening.text).replace(/`/g, '');
  for (const resource of draft.resources) {
    const own = statements.find(
      (statement) =>
        statement.about === resource &&
        !statement.listed &&
        new RegExp(`^(?:an?|each|every|the) (?:\\*\\*)?${resource.words.join(' ')}\\b`, 'i').test(statement.text) &&
        / (?:is|are) /.test(statement.text) &&
        !/\b(?:must|cannot|can't|only|may|if|when)\b/.test(statement.text),
    );
    resource.description = own === undefined ? '' : plainInline(own.text).replace(/`/g, '');
  }
};

const build = (draft: Draft, statements: readonly Statement[]): Result<AppModel, readonly Misunderstanding[]> => {
  const rules = newRules(draft);
  settleTypes(draft);
  describe(draft, statements);
  const defaults = settleTexts(draft, rules);
  settleRequiredDates(draft);
  const { refused: sentences, unheard } = interpretStatements(draft, rules, statements);
  const computed = settleComputed(draft, rules);
  const refused = [...defaults, ...computed, ...sentences].sort((left, right) => left.line - right.line);
  if (refused.length > 0) return err(refused);
  settleTransitions(rules);
  settleTypes(draft);
  settleRequired(draft);
  return ok({ ...finishModel(draft), ...(unheard.length === 0 ? {} : { unheard }) });
};

/** A date with a default is always there, which matters for what "open" means. */
const settleRequiredDates = (draft: Draft): void => {
  for (const resource of draft.resources) {
    for (const field of resource.fields)
      if ((field.type === 'date' || field.type === 'datetime') && field.default !== undefined) field.required = true;
  }
};

/** The model of the specification, or every sentence that stands in the way of one. */
export const readMarkdownSpec = (text: string): Result<AppModel, readonly Misunderstanding[]> => {
  if (text.trim() === '')
    return refuse('', 1, 'The specification is empty. Describe at least one resource with its fields.');
  if (text.length > LONGEST_SPECIFICATION)
    return refuse(
      text.slice(0, 200),
      1,
      `The specification is longer than ${String(LONGEST_SPECIFICATION)} characters.`,
    );
  const { blocks, title } = readBlocks(text);
  const first = firstSentence(blocks);
  if (!isEnglish(text))
    return refuse(
      first.text,
      first.line,
      'The specification is not written in English, the only language that the offline engineer reads.',
    );
  const root = outline(blocks);
  const draft = newDraft(titleFrom(blocks, title));
  const discovery = discoverResources(draft, root);
  if (draft.resources.length === 0) {
    return refuse(
      first.text,
      first.line,
      'No resource was found in the specification. Describe what is kept and with which fields, for example "A book has a title and an author.", or a heading "Books" with a list of fields.',
    );
  }
  if (draft.resources.length > MOST_RESOURCES)
    return refuse(first.text, first.line, `The specification declares more than ${String(MOST_RESOURCES)} resources.`);
  const { statements } = collectStatements(draft, root, discovery);
  if (statements.length > MOST_STATEMENTS)
    return refuse(
      statements[MOST_STATEMENTS]?.text ?? '',
      statements[MOST_STATEMENTS]?.line ?? 1,
      `The specification holds more than ${String(MOST_STATEMENTS)} sentences beside its fields.`,
    );
  return build(draft, statements);
};
