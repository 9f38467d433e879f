/** Walking a syntax tree without knowing its kinds of nodes. */
import type { Node } from '@babel/types';

const skipped = new Set(['start', 'end', 'loc', 'extra', 'errors', 'comments', 'tokens', 'range', 'type']);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The nodes right below a node, in the order of the text. */
export const childrenOf = (node: Node): readonly Node[] => {
  const children: Node[] = [];
  for (const key of Object.keys(node)) {
    if (skipped.has(key)) continue;
    const value: unknown = Reflect.get(node, key);
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) for (const each of value) if (isNode(each)) children.push(each);
    if (isNode(value)) children.push(value);
  }
  return children;
};

/** Calls `enter` for every node, parents first. Without recursion: no source is too deep for it. */
export const walk = (root: Node, enter: (node: Node, parent: Node | undefined) => void): void => {
  const open: { readonly node: Node; readonly parent: Node | undefined }[] = [{ node: root, parent: undefined }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next;
    enter(node, parent);
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child !== undefined) open.push({ node: child, parent: node });
    }
  }
};
