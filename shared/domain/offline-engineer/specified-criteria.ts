/** Gives the criteria of a specification to the work that fulfils them, so that each has somebody who answers for it. */
import { readBehaviour } from '../quality/behaviour/read-criteria.ts';
import type { Scenario, SpecifiedBehaviour } from '../quality/behaviour/scenario.ts';
import type { Blueprint, WorkItem } from './blueprint.ts';

/** A task holds no more. */
const mostCriteria = 50;

/** The first segments of the paths that the scenarios of a criterion ask, which name the resources. */
const resourcesOf = (scenarios: readonly Scenario[]): ReadonlySet<string> =>
  new Set(
    scenarios.flatMap(({ steps }) =>
      steps.flatMap(({ action }) => (action.kind === 'request' ? [action.path.split(/[/?]/)[1] ?? ''] : [])),
    ),
  );

const itemsFor = (items: readonly WorkItem[], resources: ReadonlySet<string>): readonly WorkItem[] => {
  const building = items.filter(({ key }) => [...resources].some((name) => name !== '' && key.endsWith(`-${name}`)));
  const testing = items.filter(({ role }) => role === 'qa');
  const found = [...building.filter(({ key }) => !key.startsWith('page-')), ...testing];
  return found.length > 0 ? found : items.slice(-1);
};

const add = (blueprint: Blueprint, { criteria, scenarios }: SpecifiedBehaviour): Blueprint => {
  const sentences = new Map<WorkItem, string[]>();
  for (const { criterionId, title } of criteria) {
    const own = scenarios.filter((scenario) => scenario.criterionId === criterionId);
    for (const item of itemsFor(blueprint.items, resourcesOf(own))) {
      const list = sentences.get(item) ?? [];
      list.push(`${criterionId}: ${title}`);
      sentences.set(item, list);
    }
  }
  const items = blueprint.items.map((item) => ({
    ...item,
    acceptanceCriteria: [...(sentences.get(item) ?? []), ...item.acceptanceCriteria].slice(0, mostCriteria),
  }));
  return { ...blueprint, items };
};

/** The blueprint whose items name the criteria of the specification that they fulfil. */
export const withSpecifiedCriteria = (blueprint: Blueprint, specification: string): Blueprint => {
  const behaviour = readBehaviour(specification);
  return behaviour.criteria.length === 0 ? blueprint : add(blueprint, behaviour);
};
