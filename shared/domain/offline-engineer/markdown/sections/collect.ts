/**
 * Walks the document once the resources are known: reads every field, and hands on every other sentence as a
 * statement with what it stands below, because "cannot be deleted" in a rules list weighs more than in a preface.
 */

import { LONGEST_SENTENCE } from '../lexicon/normal.ts';
import { plainInline } from '../blocks/inline.ts';
import type { SourceLine } from '../blocks/reader.ts';
import { splitSentences } from '../blocks/sentences.ts';
import type { Draft } from '../draft/draft.ts';
import { readCodeResources, readJsonSample, readYamlResources } from '../fields/code.ts';
import { readFieldLine } from '../fields/field-line.ts';
import { readPossession } from '../fields/prose.ts';
import { isFieldTable, readFieldTable } from '../fields/tables.ts';
import { wordsOf } from '../lexicon/names.ts';
import { findResource } from '../phrases/vocabulary.ts';
import { kindOf } from './classify.ts';
import type { Discovery } from './discover.ts';
import { readAsFields, readClear, readInline, readStatus } from './field-sentences.ts';
import type { ListItem, Node, Section } from './outline.ts';
import { joinedText } from './outline.ts';
import type { Place, Statement, Walk } from './statements.ts';
import { addField, findExact, state, subjectResources } from './statements.ts';

interface Collection {
  readonly statements: Statement[];
}

const readSentences = (walk: Walk, place: Place, lines: readonly SourceLine[], listed: boolean): void => {
  if (!listed && lines.length > 1 && lines.every((entry) => readClear(walk, place, entry.text, entry.line))) return;
  for (const sentence of splitSentences(lines)) {
    if (sentence.text.length > LONGEST_SENTENCE) {
      state(walk, place, sentence.text, sentence.line, listed);
      continue;
    }
    if (readClear(walk, place, sentence.text, sentence.line)) continue;
    if (readAsFields(walk, place, sentence.text, sentence.line)) continue;
    if (readInline(walk, place, sentence.text, sentence.line) || readStatus(walk, place, sentence.text, sentence.line))
      continue;
    const said =
      /^(?:there (?:are|is)|an?|each|every|the|all|our)? ?\*{0,2}([A-Za-z][\w-]*(?: [\w-]+)?)\*{0,2}\b/i.exec(
        plainInline(sentence.text),
      )?.[1];
    const mentioned =
      said === undefined
        ? undefined
        : (findExact(walk.draft, wordsOf(said)) ??
          findExact(walk.draft, wordsOf(said).slice(0, 1)) ??
          findExact(walk.draft, wordsOf(said).slice(1)));
    if (mentioned !== undefined) walk.topic = mentioned;
    state(
      walk,
      { ...place, about: /^(?:it|they|its|their)\b/i.test(sentence.text) ? walk.topic : place.about },
      sentence.text,
      sentence.line,
      listed,
    );
  }
};

const readItem = (walk: Walk, place: Place, item: ListItem): void => {
  if (place.about === undefined && (place.section === 'rules' || place.section === 'endpoints')) walk.topic = undefined;
  const text = plainInline(joinedText(item.lines));
  const owner = place.about;
  const named = /^`?([A-Za-z][\w '-]{0,40}?)`?\s*(?::|\(.*\)|\s[–—-]\s.*|$)/.exec(text)?.[1];
  const opened = item.children.length === 0 || named === undefined ? undefined : findExact(walk.draft, wordsOf(named));
  if (opened !== undefined) {
    walk.topic = opened;
    const rest = text.slice(named?.length ?? 0).replace(/^[\s:–—-]+/, '');
    if (rest !== '') readSentences(walk, { ...place, about: opened }, [{ text: rest, line: item.line }], true);
    for (const child of item.children) readItem(walk, { section: undefined, about: opened }, child);
    return;
  }
  const allowsFields = place.section === undefined || place.section === 'fields' || place.section === 'resources';
  const introduced = item.children.length > 0 && text.endsWith(':');
  if (allowsFields && owner !== undefined && !introduced) {
    const found = readFieldLine(walk.draft, text, item.line);
    if (found !== undefined && item.children.length > 0) {
      const inner = item.children.map((child) => plainInline(joinedText(child.lines))).join('; ');
      const full = readFieldLine(walk.draft, `${text.replace(/:$/, '')}: ${inner}`, item.line);
      if (full !== undefined) return addField(walk, place, owner, full);
    }
    if (found !== undefined) return addField(walk, place, owner, found);
  }
  if (introduced && readLeadIn(walk, place, text, item.children)) return;
  readSentences(walk, place, item.lines, true);
  for (const child of item.children) readItem(walk, place, child);
};

/** `A recipe has the following fields:` followed by a list. */
const readLeadIn = (walk: Walk, place: Place, text: string, items: readonly ListItem[]): boolean => {
  const possession = readPossession(text.replace(/\s*:$/, ': fields'));
  const short = /^(?:the )?([\w '-]+?)(?: (?:fields|attributes|properties|has|have))?:$/i.exec(text)?.[1];
  const subject = possession?.subject ?? short;
  if (subject === undefined || place.section === 'rules' || place.section === 'endpoints') return false;
  const [owner] = subjectResources(walk, place, subject);
  const target = owner ?? (/^(?:fields|attributes|properties|it has|has)$/i.test(subject) ? place.about : undefined);
  if (target === undefined) return false;
  walk.topic = target;
  for (const item of items) readItem(walk, { section: undefined, about: target }, item);
  return true;
};

const readCode = (walk: Walk, place: Place, node: Extract<Node, { kind: 'code' }>): void => {
  const declared = readCodeResources(node.lines, node.line).filter((resource) => resource.fields.length > 0);
  const sketched =
    declared.length > 0 || !/^ya?ml$/.test(node.language) ? declared : readYamlResources(node.lines, node.line);
  const sample =
    sketched.length > 0 || place.about === undefined || place.section === 'endpoints'
      ? undefined
      : readJsonSample(node.lines, node.line);
  for (const resource of sample === undefined ? sketched : [sample]) {
    const owner = resource.name === undefined ? place.about : findResource(walk.draft, wordsOf(resource.name));
    for (const line of owner === undefined ? [] : resource.fields) {
      const found = readFieldLine(walk.draft, line.text, line.line);
      if (found !== undefined && owner !== undefined) addField(walk, place, owner, found);
    }
  }
  if (
    declared.length > 0 ||
    sample !== undefined ||
    sketched.length > 0 ||
    place.section === 'prose' ||
    place.section === 'technical'
  )
    return;
  node.lines.forEach((line, index) => {
    if (/^\s*(?:GET|POST|PUT|PATCH|DELETE)\s+\//.test(line))
      state(walk, { ...place, section: 'endpoints' }, line.trim(), node.line + 1 + index, true);
    else if (place.section === 'rules' && line.trim() !== '')
      state(walk, place, line.trim(), node.line + 1 + index, true);
  });
};

const readTable = (walk: Walk, place: Place, node: Extract<Node, { kind: 'table' }>): void => {
  const owner = place.about;
  if (owner !== undefined && isFieldTable(node.header) && place.section !== 'rules' && place.section !== 'endpoints') {
    readFieldTable(walk.draft, node.header, node.rows).forEach((found, index) => {
      const row = node.rows[index];
      if (found !== undefined) addField(walk, place, owner, found);
      else if (row !== undefined) state(walk, place, row.text, row.line, true);
    });
    return;
  }
  for (const row of node.rows) {
    const named = findExact(walk.draft, wordsOf(row.cells[0] ?? ''));
    if (named !== undefined && place.section === 'resources') {
      if (readInline(walk, place, `${row.cells[0] ?? ''}: ${row.cells.slice(1).join(', ')}`, row.line)) continue;
    }
    const method = node.header.findIndex((cell) => /^(?:method|verb|http(?: method)?)$/i.test(cell.trim()));
    const cells = row.cells.filter(
      (cell, index) => cell !== '' && !(method < 0 && /^(?:#|no\.?|nr\.?|id)$/i.test(node.header[index] ?? '')),
    );
    const [first = '', second = '', ...others] = cells;
    const isPath = method >= 0 && second.replace(/`/g, '').startsWith('/');
    const reading = isPath
      ? `${first} ${second} – ${others.join('. ')}`
      : cells.at(-1) === undefined
        ? ''
        : /^`?(?:GET|POST|PUT|PATCH|DELETE) /.test(first)
          ? `${first} – ${cells.slice(1).join('. ')}`
          : cells.slice(cells.length > 1 ? -1 : 0).join(' ');
    state(walk, place, row.text, row.line, true, reading);
  }
};

const readNode = (walk: Walk, place: Place, node: Node, previous: Node | undefined): void => {
  if (node.kind === 'code') return readCode(walk, place, node);
  if (node.kind === 'table') return readTable(walk, place, node);
  if (node.kind === 'paragraph') return readSentences(walk, place, node.lines, false);
  const leadIn =
    previous?.kind === 'paragraph'
      ? plainInline(joinedText(previous.lines))
          .split(/(?<=[.!?])\s+/)
          .at(-1)
      : undefined;
  if (leadIn?.endsWith(':') === true && readLeadIn(walk, place, leadIn, node.items)) return;
  for (const item of node.items) readItem(walk, place, item);
};

const walkSection = (walk: Walk, section: Section, place: Place): void => {
  const heading = section.level === 0 ? undefined : kindOf(section);
  const owner = walk.discovery.owners.get(section);
  const own: Place =
    owner === undefined
      ? { section: heading ?? place.section, about: place.about }
      : { section: undefined, about: owner };
  if (owner !== undefined) walk.topic = owner;
  else if (section.level <= 2) walk.topic = undefined;
  section.nodes.forEach((node, index) => readNode(walk, own, node, section.nodes[index - 1]));
  for (const child of section.children) walkSection(walk, child, own);
};

/** Reads all fields into the draft and answers all other sentences. */
export const collectStatements = (draft: Draft, root: Section, discovery: Discovery): Collection => {
  const walk: Walk = { draft, discovery, statements: [], topic: undefined };
  walkSection(walk, root, { section: undefined, about: undefined });
  return { statements: walk.statements };
};
