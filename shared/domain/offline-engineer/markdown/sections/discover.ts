/**
 * Finds the resources before anything else is read, because the meaning of every other line depends on their names.
 * Headings, tables, lists, types in code and sentences such as "every room has a name" may introduce one.
 */

import { plainInline } from '../blocks/inline.ts';
import { splitSentences } from '../blocks/sentences.ts';
import type { Draft, DraftResource } from '../draft/draft.ts';
import { newResource } from '../draft/draft.ts';
import { readCodeResources, readYamlResources } from '../fields/code.ts';
import { readClearField, readFieldLine } from '../fields/field-line.ts';
import { explained, readPossession } from '../fields/prose.ts';
import { isFieldTable } from '../fields/tables.ts';
import { singularWords, wordsOf } from '../lexicon/names.ts';
import { LONGEST_SENTENCE } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { SectionKind } from './classify.ts';
import { kindOf, resourceHeading } from './classify.ts';
import type { ListItem, Node, Section } from './outline.ts';
import { joinedText } from './outline.ts';

const NOT_A_RESOURCE =
  /^(?:system|app|application|api|user interface|ui|interface|list|it|they|we|you|i|this|that|there|database|server|response|request|error|page|web page|website|web site|software|spec|specification|field|resource|entity|overview|endpoint|everything|everyone|somebody|someone|nobody|nothing|people|person|status|date|name|title|which|who|what|value|number|platform|backend|frontend|solution|each|every|all|both|one|other|rule|figure|example|data|record|collection|result|json|body|business|section|summary|user story|some|many|most|thing|id|nobody|detail|rest|backend|storage|crud|filter|search|pagination)$/;
const MODAL =
  /\b(?:cannot|can|must|may|should|is|are|has|have|if|when|not|only|no|and|or|to|for|with|of|in|on|this|that|these|those|our|we|it|by|from|as|at|its|their|who|which|whose|where|without|while|also|already|least|most|more)\b/i;
/** With a definite article these speak of the product itself. */
const THE_PRODUCT =
  /^our |^(?:the|all) (?:service|tool|product|program|office|company|client|shop|store|team|site|clinic|library|club|gym|school|restaurant|hotel|museum|[a-z]+ (?:service|tool|tracker|app|system))$/i;

/** Names that only a definition makes a resource ("List: name, …"), never a mere mention. */
const AMBIGUOUS =
  /^(?:list|page|response|request|example|record|collection|result|section|field|table|body|value|person|people)$/;

const nameWords = (text: string, defined = false): readonly string[] | undefined => {
  const bare = plainInline(text)
    .replace(/`/g, '')
    .replace(/^(?:(?:a|an|each|every|the|all|our|any|one)\s+)+/i, '')
    .trim();
  if (THE_PRODUCT.test(plainInline(text).trim())) return undefined;
  if (bare === '' || bare.length > 40 || !/^[A-Za-z][\w '-]*$/.test(bare)) return undefined;
  const words = singularWords(wordsOf(bare));
  if (
    words.length === 0 ||
    words.length > 3 ||
    MODAL.test(bare.replace(/^(?:in|on) /, '').replaceAll('-', '')) ||
    (NOT_A_RESOURCE.test(words.join(' ')) && !(defined && AMBIGUOUS.test(words.join(' '))))
  )
    return undefined;
  return words;
};

export interface Discovery {
  /** Which resource a section is about. */
  readonly owners: ReadonlyMap<Section, DraftResource>;
}

const add = (draft: Draft, words: readonly string[], source: string, line: number): DraftResource => {
  const single = singularWords(words);
  const existing = draft.resources.find((resource) => resource.words.join(' ') === single.join(' '));
  if (existing !== undefined) return existing;
  const resource = newResource(single, source, line);
  draft.resources.push(resource);
  return resource;
};

const looksLikeFields = (draft: Draft, items: readonly ListItem[]): boolean => {
  const lines = items.filter((item) => {
    const text = plainInline(joinedText(item.lines));
    return (
      text.length < 300 &&
      readFieldLine(draft, text, item.line) !== undefined &&
      !/^(?:GET|POST|PUT|PATCH|DELETE)\b/.test(text.replace(/`/g, ''))
    );
  });
  return items.length > 0 && lines.length * 2 > items.length;
};

const holdsClearFields = (draft: Draft, node: Extract<Node, { kind: 'paragraph' }>): boolean => {
  const perLine = node.lines.every((line) => readClearField(draft, line.text, line.line) !== undefined);
  const sentences = splitSentences(node.lines);
  const clear = sentences.filter((sentence) => readClearField(draft, sentence.text, sentence.line) !== undefined);
  return perLine || (clear.length > 1 && clear.length * 2 > sentences.length);
};

const holdsFields = (draft: Draft, section: Section): boolean =>
  section.nodes.some(
    (node) =>
      (node.kind === 'list' && looksLikeFields(draft, node.items)) ||
      (node.kind === 'paragraph' && holdsClearFields(draft, node)) ||
      (node.kind === 'table' && isFieldTable(node.header)) ||
      (node.kind === 'code' &&
        /^(?:json|ts|typescript|yaml|yml|graphql|sql|prisma|)$/.test(node.language) &&
        node.lines.length > 1),
  ) || section.children.some((child) => kindOf(child) === 'fields' && holdsFields(draft, child));

const speaksOfItself = (section: Section, words: readonly string[]): boolean =>
  section.nodes.some(
    (node) =>
      node.kind === 'paragraph' &&
      splitSentences(node.lines).some((sentence) => {
        const possession = readPossession(sentence.text);
        const subject = possession === undefined ? undefined : nameWords(possession.subject);
        return (
          subject?.join(' ') === words.join(' ') ||
          (possession !== undefined && /^(?:it|they|each|each one|every one)$/i.test(possession.subject.trim()))
        );
      }),
  );

const EXCLUDED: ReadonlySet<SectionKind> = new Set([
  'rules',
  'endpoints',
  'pages',
  'lists',
  'skipped',
  'technical',
  'stories',
]);

const discoverHeadings = (
  draft: Draft,
  section: Section,
  parent: SectionKind | undefined,
  owners: Map<Section, DraftResource>,
): void => {
  for (const child of section.children) {
    const kind = kindOf(child);
    const words = nameWords(resourceHeading(child.title), true);
    const inContainer = parent === 'resources' && kind !== 'rules' && kind !== 'endpoints' && kind !== 'fields';
    const named =
      words !== undefined &&
      (kind === undefined || inContainer || (kind !== 'fields' && kind !== 'resources' && isFieldsUnder(child, kind)));
    const plausible =
      named &&
      !child.isTitle &&
      (inContainer || holdsFields(draft, child) || speaksOfItself(child, words)) &&
      !(child.level === 1 && child.children.length > 0);
    if (plausible && !(parent !== undefined && EXCLUDED.has(parent)))
      owners.set(child, add(draft, words, child.title, child.line));
    discoverHeadings(draft, child, kind ?? (plausible ? undefined : parent), owners);
  }
};

/** A heading such as `Reports` or `Actions` may be a resource after all, when typed fields stand below it. */
const isFieldsUnder = (section: Section, kind: SectionKind | undefined): boolean =>
  (kind === 'prose' || kind === 'technical' || kind === 'endpoints' || kind === 'lists') &&
  section.nodes.some(
    (node) =>
      (node.kind === 'table' && isFieldTable(node.header)) ||
      (node.kind === 'list' &&
        node.items.every((item) =>
          /^[*`]*[\w ]+[*`]*\s*(?:\(|:)\s*(?:string|text|integer|int|number|date|boolean|decimal|email|required|unique|optional)/i.test(
            joinedText(item.lines),
          ),
        )),
  );

/** `Venue: name, city` or `Book` with nested items, below a heading such as `Things`. */
const discoverItems = (draft: Draft, items: readonly ListItem[]): void => {
  for (const item of items) {
    const text = plainInline(joinedText(item.lines));
    const head = /^`?([A-Za-z][\w '-]{0,40}?)`?\s*(?::|\(|\s[–—-]\s|$)/.exec(text);
    const words = head === null ? undefined : nameWords(head[1] ?? '', true);
    const hasBody = item.children.length > 0 || text.length > (head?.[0].length ?? 0);
    if (words !== undefined && hasBody) add(draft, words, text, item.line);
  }
};

const INLINE = /^([A-Z][\w '-]{1,30}):\s+(.+)$/;

const discoverNode = (draft: Draft, node: Node, kind: SectionKind | undefined, owned: boolean): void => {
  if (node.kind === 'code') {
    for (const resource of readCodeResources(node.lines, node.line)) {
      if (resource.fields.length > 0) add(draft, wordsOf(resource.name ?? ''), resource.name ?? '', resource.line);
    }
    if (/^ya?ml$/.test(node.language) && !owned) {
      for (const resource of readYamlResources(node.lines, node.line)) {
        const words = nameWords(resource.name ?? '');
        if (words !== undefined) add(draft, words, resource.name ?? '', resource.line);
      }
    }
  } else if (
    node.kind === 'list' &&
    (kind === 'resources' || (kind === undefined && !owned && node.items.every((item) => item.children.length > 0)))
  ) {
    discoverItems(
      draft,
      node.items.filter((item) => kind === 'resources' || looksLikeFields(draft, item.children)),
    );
  } else if (
    node.kind === 'table' &&
    kind === 'resources' &&
    /^(?:entity|resource|object|model|table|thing|name)$/i.test(node.header[0] ?? '') &&
    /fields|attributes|columns|properties|data/i.test(node.header.join(' '))
  ) {
    for (const row of node.rows) {
      const words = nameWords(row.cells[0] ?? '');
      if (words !== undefined) add(draft, words, row.text, row.line);
    }
  } else if (node.kind === 'paragraph' && (kind === undefined || !EXCLUDED.has(kind)) && !owned) {
    for (const sentence of splitSentences(node.lines)) {
      const inline = sentence.text.length > LONGEST_SENTENCE ? null : INLINE.exec(plainInline(sentence.text));
      const words = inline === null || !/,|\(/.test(inline[2] ?? '') ? undefined : nameWords(inline[1] ?? '', true);
      if (
        words !== undefined &&
        readPossession(inline?.[2] ?? '') === undefined &&
        (inline?.[2] ?? '').split(',').every((part) => part.trim().split(/\s+/).length < 9)
      )
        add(draft, words, sentence.text, sentence.line);
    }
  }
};

const walk = (
  draft: Draft,
  section: Section,
  kind: SectionKind | undefined,
  owners: ReadonlyMap<Section, DraftResource>,
  owned: boolean,
): void => {
  for (const node of section.nodes) discoverNode(draft, node, kind, owned || owners.has(section));
  for (const child of section.children) {
    walk(draft, child, kindOf(child) ?? (owners.has(child) ? undefined : kind), owners, owned || owners.has(child));
  }
};

const possessors = (
  draft: Draft,
  section: Section,
  kind: SectionKind | undefined,
  owned: boolean,
  owners: ReadonlyMap<Section, DraftResource>,
): void => {
  const excluded = kind !== undefined && EXCLUDED.has(kind);
  for (const node of section.nodes) {
    const groups =
      node.kind === 'paragraph'
        ? [node.lines]
        : node.kind === 'list' && !owned
          ? node.items.map((item) => item.lines)
          : [];
    for (const lines of groups)
      for (const sentence of splitSentences(lines)) possessor(draft, sentence.text, sentence.line, excluded || owned);
  }
  for (const child of section.children)
    possessors(draft, child, kindOf(child) ?? kind, owned || owners.has(child), owners);
};

const possessor = (draft: Draft, text: string, line: number, strict: boolean): void => {
  const possession = readPossession(explained(text) ?? text.replace(/:$/, ': fields'));
  if (possession === undefined || strict) return;
  if (
    /^(?:no |several |many |a few |lots |some |various |different |plenty |two |three |at most|at least|more than|up to|not |been |to |only )/i.test(
      possession.objects,
    )
  )
    return;
  if (possession.belongs && !/^(?:a|an|each|every)\b|s$/i.test(possession.subject.trim())) return;
  for (const part of possession.subject.split(/ and /)) {
    const words = nameWords(part);
    if (words === undefined) continue;
    const known = findResource(draft, words) ?? (words.length > 1 ? findResource(draft, words.slice(-1)) : undefined);
    if (known === undefined) add(draft, words, text, line);
  }
};

/** Finds all resources and which section is about which. */
export const discoverResources = (draft: Draft, root: Section): Discovery => {
  const owners = new Map<Section, DraftResource>();
  discoverHeadings(draft, root, undefined, owners);
  walk(draft, root, undefined, owners, false);
  possessors(draft, root, undefined, false, owners);
  for (const section of allSections(root)) {
    const words = owners.has(section) ? undefined : nameWords(resourceHeading(section.title));
    const resource = words === undefined ? undefined : findResource(draft, words);
    if (
      resource !== undefined &&
      section.level > 1 &&
      singularWords(words ?? []).join(' ') === resource.words.join(' ')
    )
      owners.set(section, resource);
  }
  return { owners };
};

const allSections = (section: Section): readonly Section[] => [section, ...section.children.flatMap(allSections)];
