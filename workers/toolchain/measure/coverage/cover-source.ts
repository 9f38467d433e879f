/**
 * Puts counters into a source by istanbul's rules. The counters stand in the TypeScript text, before types are
 * stripped, so that what they count has the ranges of the source. No line is added.
 */
import type { Node, VariableDeclarator } from '@babel/types';
import type { FileCoverageMap } from '../../../../shared/domain/quality/coverage/coverage-map.ts';
import { Insertions } from '../insertions.ts';
import { isBodyOfOne, isStatementList, unwrapTypes } from '../positions.ts';
import type { Place } from '../source-tree.ts';
import { endOf, freeName, parseSource, startOf, walk } from '../source-tree.ts';
import { coverBranches } from './cover-branches.ts';
import type { CounterTurn } from './counters.ts';
import { FileCounters } from './counters.ts';
import { hintOf, isFileIgnored } from './ignore-hints.ts';

export interface MeasuredSource<Map> {
  readonly code: string;
  /** Name under which the code reads the counters. */
  readonly hitsName: string;
  readonly map: Map;
}

type Covered =
  | { readonly ok: true; readonly source: MeasuredSource<FileCoverageMap> }
  | { readonly ok: false; readonly reason: string };

/** What the rules put counters with. */
export interface Cover {
  readonly counters: FileCounters;
  /** Before a statement, an item of a list or a closing brace: `__hits[1]++;` */
  readonly before: (offset: number, counter: CounterTurn) => void;
  /** Around an expression: `(__hits[1]++,` … `)` */
  readonly around: (node: Node, counter: CounterTurn) => void;
  readonly enclose: (node: Node, before: string, after: string) => void;
  /** Right behind a node, inside of what encloses it, a piece with the counter in the middle. */
  readonly after: (node: Node, before: string, counter: CounterTurn, after: string) => void;
  /** Leaves a node with all in it out of the coverage. */
  readonly leaveOut: (node: Node) => void;
}

const countedStatements: ReadonlySet<string> = new Set([
  'ExpressionStatement',
  'BreakStatement',
  'ContinueStatement',
  'DebuggerStatement',
  'ReturnStatement',
  'ThrowStatement',
  'TryStatement',
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'WithStatement',
  'LabeledStatement',
]);

/** Puts the counters in; `firstCounter` is the index of the file's first one in the build. */
export function coverSource(path: string, text: string, firstCounter: number): Covered {
  const parsed = parseSource(path, text);
  if (!parsed.ok) return parsed;
  if (isFileIgnored(parsed.comments)) return { ok: false, reason: 'a comment takes the file out of the coverage' };
  const hitsName = freeName(text, '__hits');
  const counters = new FileCounters();
  // Indexes are known at the end only, so the pieces are written then.
  const late: ((write: (counter: CounterTurn) => string) => void)[] = [];
  const leftOut = new Set<Node>();
  const insertions = new Insertions();
  const cover: Cover = {
    counters,
    before: (offset, counter) => late.push((write) => insertions.open(offset, `${write(counter)};`)),
    around: (node, counter) =>
      late.push((write) => insertions.enclose(startOf(node), endOf(node), `(${write(counter)},`, ')')),
    enclose: (node, before, after) => late.push(() => insertions.enclose(startOf(node), endOf(node), before, after)),
    after: (node, before, counter, after) =>
      late.push((write) => insertions.enclose(startOf(node), endOf(node), '', `${before}${write(counter)}${after}`)),
    leaveOut: (node) => leftOut.add(node),
  };
  walk(parsed.program, (place) => {
    if (leftOut.has(place.node) || hintOf(place.node) === 'next') return 'skip';
    coverNode(place, cover);
    return undefined;
  });
  const { map, indexOf } = counters.finish(path, firstCounter);
  for (const put of late) put((counter) => `${hitsName}[${String(indexOf(counter))}]++`);
  return { ok: true, source: { code: insertions.print(text), hitsName, map } };
}

function coverNode(place: Place, cover: Cover): void {
  const { node } = place;
  if (isBodyOfOne(place) && node.type !== 'BlockStatement') cover.enclose(node, '{', '}');
  if (countedStatements.has(node.type)) coverStatement(place, cover);
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ObjectMethod':
    case 'ClassMethod':
      coverFunction(node, nameOf(place), cover);
      break;
    case 'VariableDeclarator':
      coverDeclarator(node, place, cover);
      break;
    case 'ClassProperty':
    case 'ClassPrivateProperty':
      if (node.value !== null && node.value !== undefined)
        cover.around(node.value, cover.counters.statement(node.value));
      break;
    default:
      coverBranches(place, cover);
  }
}

/** The counter of a labelled statement and of what the label stands before come before the label. */
function coverStatement(place: Place, cover: Cover): void {
  let outermost = place;
  while (outermost.parent?.node.type === 'LabeledStatement') outermost = outermost.parent;
  cover.before(startOf(outermost.node), cover.counters.statement(place.node));
}

/** The function's own name, or that of the key or variable that it stands behind. */
function nameOf({ node, parent }: Place): string | undefined {
  if ('id' in node && node.id?.type === 'Identifier') return node.id.name;
  const holder = 'key' in node ? node : parent?.node;
  const label =
    holder?.type === 'VariableDeclarator'
      ? holder.id
      : holder !== undefined && 'key' in holder
        ? holder.key
        : undefined;
  if (label?.type === 'PrivateName') return `#${label.id.name}`;
  return label?.type === 'Identifier' ? label.name : undefined;
}

function coverFunction(
  { body }: Extract<Node, { body: Node; params: unknown }>,
  name: string | undefined,
  cover: Cover,
): void {
  const counter = cover.counters.function(name, body);
  if (body.type !== 'BlockStatement') {
    cover.around(body, counter);
    cover.around(body, cover.counters.statement(body));
    return;
  }
  const lastDirective = body.directives.at(-1);
  cover.before(lastDirective === undefined ? startOf(body) + 1 : endOf(lastDirective), counter);
}

/** A function or class gets its name from the variable, so its counter stands before the whole declaration. */
function coverDeclarator(node: VariableDeclarator, place: Place, cover: Cover): void {
  if (node.init === null || node.init === undefined) return;
  const counter = cover.counters.statement(node.init);
  const bare = unwrapTypes(node.init);
  const isNamed =
    bare.type === 'FunctionExpression' || bare.type === 'ArrowFunctionExpression' || bare.type === 'ClassExpression';
  const declaration = place.parent;
  const outer = declaration?.parent?.node.type === 'ExportNamedDeclaration' ? declaration.parent : declaration;
  if (isNamed && outer !== undefined && isStatementList(outer)) cover.before(startOf(outer.node), counter);
  else cover.around(node.init, counter);
}
