/** Who comes before whom. */

/** Names by what they need; a name that is needed and is no key counts for nothing. */
export type Needs = ReadonlyMap<string, readonly string[]>;

export type Ordered =
  | { readonly ok: true; readonly order: readonly string[] }
  /** The names along the cycle, the first of them again at the end. */
  | { readonly ok: false; readonly cycle: readonly string[] };

interface Visit {
  readonly name: string;
  next: number;
}

/** What is needed comes first, otherwise in the order of the keys. Without recursion. */
export const orderByNeeds = (needs: Needs): Ordered => {
  const done = new Set<string>();
  const order: string[] = [];
  for (const root of needs.keys()) {
    const line: Visit[] = done.has(root) ? [] : [{ name: root, next: 0 }];
    for (let visit = line.at(-1); visit !== undefined; visit = line.at(-1)) {
      const needed = (needs.get(visit.name) ?? [])[visit.next];
      visit.next += 1;
      if (needed === undefined) {
        done.add(visit.name);
        order.push(visit.name);
        line.pop();
        continue;
      }
      const names = line.map(({ name }) => name);
      const start = names.indexOf(needed);
      if (start !== -1) return { ok: false, cycle: [...names.slice(start), needed] };
      if (needs.has(needed) && !done.has(needed)) line.push({ name: needed, next: 0 });
    }
  }
  return { ok: true, order };
};
