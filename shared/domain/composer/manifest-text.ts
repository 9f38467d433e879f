/**
 * From a manifest's text to data. YAML or JSON, of which the latter is read as YAML too, so that a key that stands twice is
 * noticed. The text may be meant to do harm: anchors and aliases are refused whatever they do, and so is what is nested
 * deeper, or is longer, than a manifest can be.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml';
import { err, ok, type AppError, type Issue, type Result } from '../../errors/result.ts';
import { maxManifestBytes } from '../../schemas/composition.ts';

const maxDepth = 32;
/** Of the text, spaces and ends of lines among them; a manifest of 2,000 lines has some 15,000. */
const maxTokens = 40_000;
const maxIssues = 50;

/** The refusal of a manifest, with every field at fault. */
export const refuseManifest = (issues: readonly Issue[], type: AppError['type'] = 'request.invalid'): Result<never> => {
  const shown = issues.slice(0, maxIssues);
  const [first] = shown;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const reason = first === undefined ? 'is not valid' : `${first.field}: ${first.reason}`;
  return err({ type, detail: `The manifest cannot be used: ${reason}${more}.`, issues: shown });
};

const whole = (reason: string, type?: AppError['type']): Result<never> =>
  refuseManifest([{ field: 'manifest', reason }], type);

/** Bytes of a text in UTF-8. */
export const bytesOf = (text: string): number => {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
};

/** Openings that nothing closes, whatever they stand in: more than any text of a manifest has, fewer than a stack bears. */
const maxOpenings = 400;
const dashRun = /(?:[-?][ \t]+){33}/;

/** What would exhaust the parser, which recurses, is found before it is called. */
const isBottomless = (text: string): boolean => {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
    if (depth > maxOpenings) return true;
  }
  return dashRun.test(text);
};

/** The parser takes seconds for what the lexer sees through in milliseconds. */
const hasTooManyTokens = (text: string): boolean => {
  let tokens = 0;
  for (const _token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > maxTokens) return true;
  }
  return false;
};

interface Place {
  readonly node: unknown;
  readonly path: string;
  readonly depth: number;
}

const under = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** What a manifest may not hold, although YAML may. Without recursion. */
const findOffences = (root: unknown, lineOf: (node: unknown) => string): readonly Issue[] => {
  const pending: Place[] = [{ node: root, path: '', depth: 0 }];
  const issues: Issue[] = [];
  for (let next = pending.pop(); next !== undefined && issues.length < maxIssues; next = pending.pop()) {
    const { node, path, depth } = next;
    const add = (field: string, reason: string): void => {
      issues.push({ field: field === '' ? 'manifest' : field, reason: `${reason}${lineOf(node)}` });
    };
    if (depth > maxDepth) {
      add(path.split('.').slice(0, 3).join('.'), `is nested deeper than ${maxDepth} levels`);
      continue;
    }
    if (isAlias(node)) add(path, `is an alias (*${node.source}); write the value out`);
    else if (isNode(node) && 'anchor' in node && node.anchor !== undefined) {
      add(path, `has an anchor (&${node.anchor}); write the value out where it is used`);
    }
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const pair of node.items) {
        const key = isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
        if (key === undefined) add(path, 'has a key that is not text');
        else {
          if (seen.has(key)) add(under(path, key), 'stands there twice; two things cannot have one name');
          seen.add(key);
          pending.push({ node: pair.value, path: under(path, key), depth: depth + 1 });
        }
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) =>
        pending.push({ node: item, path: under(path, String(index)), depth: depth + 1 }),
      );
    }
  }
  return issues;
};

const parse = (text: string): Result<unknown> => {
  const lines = new LineCounter();
  const lineAt = (offset: number): string => `line ${Math.max(1, lines.linePos(offset).line)}`;
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'core',
    version: '1.2',
    merge: false,
  });
  const failure = document.errors[0] ?? document.warnings[0];
  if (failure !== undefined) {
    const said = failure.message.split('\n')[0] ?? failure.code;
    return whole(`is not valid YAML or JSON (${lineAt(failure.pos[0])}: ${said})`);
  }
  const lineOf = (node: unknown): string =>
    isNode(node) && node.range !== null && node.range !== undefined ? ` (${lineAt(node.range[0])})` : '';
  const offences = findOffences(document.contents, lineOf);
  if (offences.length > 0) return refuseManifest(offences);
  return ok(document.toJS({ maxAliasCount: 0 }));
};

/** The data of a manifest's text, or why it cannot be one. */
export const readManifestText = (text: string): Result<unknown> => {
  // A character has at least one byte, so the longest texts need not be counted.
  const bytes = text.length > maxManifestBytes ? text.length : bytesOf(text);
  if (bytes > maxManifestBytes) {
    return whole(`has ${bytes} bytes or more; at most ${maxManifestBytes} are taken`, 'request.too_large');
  }
  if (text.trim() === '') return whole('is empty');
  if (isBottomless(text)) return whole(`is nested deeper than ${maxDepth} levels`);
  if (hasTooManyTokens(text)) return whole(`has more than ${maxTokens} tokens; put less into one composition`);
  try {
    return parse(text);
  } catch (thrown) {
    // The parser recurses into what is nested, and says no better when that is too deep.
    if (thrown instanceof RangeError) return whole(`is nested deeper than ${maxDepth} levels`);
    throw thrown;
  }
};
