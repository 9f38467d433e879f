import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycles, reach, reverse } from './cycles.ts';

const graphOf = (edges: readonly (readonly [number, number])[]): Map<string, Set<string>> => {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of edges) graph.set(`n${from}`, (graph.get(`n${from}`) ?? new Set()).add(`n${to}`));
  return graph;
};

const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30 });

describe('findCycles', () => {
  it('groups exactly the nodes that reach each other', () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const graph = graphOf(pairs);
        const groups = findCycles(graph);
        const groupOf = new Map(groups.flatMap((group, index) => group.map((node) => [node, index] as const)));
        const nodes = [...new Set(pairs.flat())].map((node) => `n${node}`);
        const from = (node: string) => reach(graph, graph.get(node) ?? []);
        for (const one of nodes) {
          for (const other of nodes) {
            const both = from(one).has(other) && from(other).has(one);
            const together = groupOf.has(one) && groupOf.get(one) === groupOf.get(other);
            expect(together).toBe(both);
          }
        }
      }),
    );
  });

  it('bears a chain of 20,000 nodes', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [index, index + 1] as const);
    expect(findCycles(graphOf([...chain, [20_000, 0]]))).toHaveLength(1);
  });
});

describe('reach', () => {
  it('finds backwards what it finds forwards, at the same distance', () => {
    fc.assert(
      fc.property(edges, fc.nat(9), fc.nat(9), (pairs, start, end) => {
        const graph = graphOf(pairs);
        const forwards = reach(graph, [`n${start}`]).get(`n${end}`)?.distance;
        expect(reach(reverse(graph), [`n${end}`]).get(`n${start}`)?.distance).toBe(forwards);
      }),
    );
  });
});
