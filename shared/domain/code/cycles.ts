/** Circles in a directed graph. */

/** Edges by node; nodes that are only pointed at need no entry. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

interface Visit {
  readonly node: string;
  readonly targets: Iterator<string>;
}

/**
 * The groups of nodes that can all reach each other, of two or more, or of one that points at itself; sorted, and each
 * sorted inside. Tarjan's algorithm (1972) with a stack of its own, so that depth is no limit.
 */
export const findCycles = (graph: Graph): readonly (readonly string[])[] => {
  const indexOf = new Map<string, number>();
  const lowest = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visits: Visit[] = [];

  const enter = (node: string): void => {
    indexOf.set(node, indexOf.size);
    lowest.set(node, indexOf.size - 1);
    stack.push(node);
    onStack.add(node);
    visits.push({ node, targets: (graph.get(node) ?? new Set<string>()).values() });
  };
  const lower = (node: string, value: number | undefined): void => {
    if (value !== undefined && value < (lowest.get(node) ?? 0)) lowest.set(node, value);
  };
  const leave = (node: string): void => {
    visits.pop();
    const parent = visits.at(-1);
    if (parent !== undefined) lower(parent.node, lowest.get(node));
    if (lowest.get(node) !== indexOf.get(node)) return;
    const group = stack.splice(stack.lastIndexOf(node));
    for (const member of group) onStack.delete(member);
    if (group.length > 1 || graph.get(node)?.has(node) === true) groups.push(group.sort());
  };

  for (const start of [...graph.keys()].sort()) {
    if (indexOf.has(start)) continue;
    enter(start);
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const next = visit.targets.next();
      if (next.done === true) leave(visit.node);
      else if (!indexOf.has(next.value)) enter(next.value);
      else if (onStack.has(next.value)) lower(visit.node, indexOf.get(next.value));
    }
  }
  return groups.sort((left, right) => ((left[0] ?? '') < (right[0] ?? '') ? -1 : 1));
};

/** The graph with every edge turned round. */
export const reverse = (graph: Graph): Graph => {
  const reversed = new Map<string, Set<string>>();
  for (const [from, targets] of graph) {
    for (const to of targets) {
      const sources = reversed.get(to);
      if (sources === undefined) reversed.set(to, new Set([from]));
      else sources.add(from);
    }
  }
  return reversed;
};

/** How far everything that the starts reach is from the nearest of them, and over which neighbour; the starts are at 0. */
export const reach = (
  graph: Graph,
  starts: Iterable<string>,
): ReadonlyMap<string, { readonly distance: number; readonly via?: string }> => {
  const found = new Map<string, { readonly distance: number; readonly via?: string }>();
  let border: string[] = [];
  for (const start of starts) {
    if (found.has(start)) continue;
    found.set(start, { distance: 0 });
    border.push(start);
  }
  for (let distance = 1; border.length > 0; distance += 1) {
    const next: string[] = [];
    for (const node of border) {
      for (const target of graph.get(node) ?? []) {
        if (found.has(target)) continue;
        found.set(target, { distance, via: node });
        next.push(target);
      }
    }
    border = next;
  }
  return found;
};
