/** Counters of branches: `if`, `switch`, `?:`, `&& || ??`, and default values. */
import type { IfStatement, LogicalExpression, Node } from '@babel/types';
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';
import type { CounterTurn } from './counters.ts';
import type { Cover } from './cover-source.ts';
import { hintOf } from './ignore-hints.ts';

export function coverBranches(place: Place, cover: Cover): void {
  const { node } = place;
  switch (node.type) {
    case 'IfStatement':
      coverIf(node, cover);
      break;
    case 'SwitchStatement': {
      const path = cover.counters.branch('switch', node);
      for (const each of node.cases) {
        if (hintOf(each) === 'next') continue;
        const [first] = each.consequent;
        cover.before(first === undefined ? endOf(each) : startOf(first), path(each));
      }
      break;
    }
    case 'ConditionalExpression': {
      const path = cover.counters.branch('cond-expr', node);
      for (const each of [node.consequent, node.alternate]) if (hintOf(each) !== 'next') cover.around(each, path(each));
      break;
    }
    case 'LogicalExpression':
      if (place.parent?.node.type !== 'LogicalExpression') coverLogical(node, cover);
      break;
    case 'AssignmentPattern':
      cover.around(node.right, cover.counters.branch('default-arg', node)(node.right));
      break;
    default:
  }
}

function coverIf(node: IfStatement, cover: Cover): void {
  const hint = hintOf(node);
  const path = cover.counters.branch('if', node);
  const { consequent, alternate } = node;
  const whenTrue = hint === 'if' ? undefined : path(node);
  if (alternate === null || alternate === undefined) {
    if (hint !== 'else') cover.after(node, 'else{', path(node), '}');
  } else if (hint === 'else') {
    cover.leaveOut(alternate);
  } else {
    coverWay(alternate, path(alternate), cover);
  }
  coverWay(consequent, whenTrue, cover);
  if (whenTrue === undefined) cover.leaveOut(consequent);
}

/** The body gets braces in any case: the `else` put behind it would not follow a statement without a semicolon. */
function coverWay(body: Node, counter: CounterTurn | undefined, cover: Cover): void {
  const isBlock = body.type === 'BlockStatement';
  if (!isBlock) cover.enclose(body, '{', '}');
  if (counter !== undefined) cover.before(startOf(body) + (isBlock ? 1 : 0), counter);
}

function coverLogical(node: LogicalExpression, cover: Cover): void {
  const path = cover.counters.branch('binary-expr', node);
  for (const leaf of leavesOf(node)) if (hintOf(leaf) !== 'next') cover.around(leaf, path(leaf));
}

function leavesOf(node: Node): readonly Node[] {
  if (node.type !== 'LogicalExpression') return [node];
  return hintOf(node) === 'next' ? [] : [...leavesOf(node.left), ...leavesOf(node.right)];
}
