/**
 * The building half of the offline engineer: from what was understood of a specification to the work items and every
 * file of a small web application with its tests. Derived from the model alone, the same each time.
 */
import type { AppModel } from '../app-model.ts';
import type { Blueprint } from '../blueprint.ts';
import { listAssumptions } from './assumptions.ts';
import { createChecks } from './checks.ts';
import { createDesign } from './design.ts';
import { keepsRecords } from './emit/records.ts';
import { createFiles } from './files.ts';
import { createItems } from './items.ts';
import { createCatalogue } from './scenario/catalogue.ts';
import { createJourneys } from './scenario/journeys.ts';

const summarize = (model: AppModel): string => {
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const parts = [
    count(model.resources.length, 'kind of record').replace('kind of records', 'kinds of records'),
    count(model.rules.length, 'rule'),
    count(model.endpoints.length, 'further endpoint'),
    count(model.resources.filter(({ hasPage }) => hasPage).length, 'page'),
  ];
  const store = keepsRecords(model) ? "the platform's Data service" : 'SQLite';
  return `${model.title}: a JSON interface and pages over ${store} with ${parts.join(', ')}.`;
};

/** Derives what would be built from a model. */
export const createBlueprint = (model: AppModel): Blueprint => {
  const design = createDesign(model);
  const catalogue = createCatalogue(design);
  const journeys = createJourneys(catalogue);
  const assumptions = listAssumptions(catalogue);
  const travelled = design.resources.filter(({ name }) => journeys.some((journey) => journey.resource === name));
  const pages = design.resources.filter(({ resource }) => resource.hasPage).map(({ plural }) => `/pages/${plural}`);
  return {
    name: model.name,
    title: model.title,
    summary: summarize(model),
    assumptions,
    items: createItems(design, { resources: travelled, titles: journeys.map(({ title }) => title) }),
    files: createFiles(catalogue, journeys, assumptions),
    acceptanceChecks: createChecks(model, journeys, pages),
    entry: 'src/worker.ts',
  };
};
