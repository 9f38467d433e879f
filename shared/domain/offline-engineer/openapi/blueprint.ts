/** From the model of an API to everything that is written: the work, the files, the checks. */

import type { Blueprint, BlueprintFile } from '../blueprint.ts';
import { projectTemplates, supportTemplates, templateFile, workerTemplate } from '../generator/templates/index.ts';
import { applicationFiles } from './generate/application.ts';
import { acceptanceChecks, acceptanceTest } from './generate/acceptance.ts';
import { collectionsModule } from './generate/collections.ts';
import { findSharedResponses, sharedResponsesModule } from './generate/contracts.ts';
import type { SharedResponses } from './generate/contracts.ts';
import { assumptionsOf, documentFiles } from './generate/documents.ts';
import { workItems } from './generate/items.ts';
import { operationTests } from './generate/operation-tests.ts';
import { operationFileNames, operationFiles } from './generate/operations.ts';
import type { GeneratedFile } from './generate/schemas.ts';
import { schemaFiles } from './generate/schemas.ts';
import type { ApiModel } from './model.ts';
import { createPlan } from './plan/plan.ts';
import type { ApiPlan } from './plan/plan.ts';
import { runtimeSources } from './runtime.gen.ts';

/** Derives the application that serves the API. The same model always gives the same blueprint. */
export const createApiBlueprint = (given: ApiModel): Blueprint => {
  const plan = createPlan(given);
  const { model } = plan;
  return {
    name: model.name,
    title: model.title,
    summary: `A web application that serves the ${model.operations.length} operations of "${model.title}" and keeps ${collectionWords(plan)}.`,
    assumptions: assumptionsOf(plan),
    items: workItems(plan),
    files: filesOf(plan),
    acceptanceChecks: acceptanceChecks(plan),
    entry: 'src/worker.ts',
  };
};

const collectionWords = ({ collections }: ApiPlan): string =>
  collections.length === 0
    ? 'no records of its own'
    : `records of ${collections.map((one) => one.title).join(', ')} in SQLite`;

const kindOf = (path: string): BlueprintFile['kind'] => {
  if (path.startsWith('test/')) return 'test';
  return path.endsWith('.md') ? 'document' : 'source';
};

const filesOf = (plan: ApiPlan): readonly BlueprintFile[] => {
  const surroundings = surroundingsOf(plan);
  const inItem = (item: string, files: readonly GeneratedFile[]): readonly BlueprintFile[] =>
    files.map(({ path, content }) => ({ path, content, item, kind: kindOf(path) }));
  return [
    ...inItem('design', documentFiles(plan)),
    ...inItem('foundation', foundationFiles(plan, surroundings.shared)),
    ...plan.groups.flatMap(({ name, title, plans }) =>
      inItem(`operations-${name}`, [
        ...operationFiles(name, plans, surroundings),
        { path: `test/operations/${name}.test.ts`, content: operationTests(name, title, plans, surroundings) },
      ]),
    ),
    ...inItem('application', [
      ...applicationFiles(
        plan.model,
        plan.groups.map(({ name }) => name),
      ),
      workerTemplate(),
      { path: 'openapi.json', content: `${JSON.stringify(plan.model.document, null, 2)}\n` },
      { path: 'test/app.test.ts', content: runtimeSources['test/app.test.ts'] },
    ]),
    ...inItem('acceptance', [{ path: 'test/acceptance.test.ts', content: acceptanceTest(plan) }]),
  ];
};

const surroundingsOf = (plan: ApiPlan) => ({
  sampler: plan.sampler,
  schemas: plan.schemas,
  shared: findSharedResponses(plan.operations, plan.sampler),
  fileNames: operationFileNames(plan.operations),
});

const foundationFiles = (plan: ApiPlan, shared: SharedResponses): readonly GeneratedFile[] => {
  const { model } = plan;
  const runtime = Object.entries(runtimeSources).filter(([path]) => path !== 'test/app.test.ts');
  return [
    ...projectTemplates({ name: model.name, description: model.title }),
    templateFile('src/database.ts'),
    templateFile('src/clock.ts'),
    ...supportTemplates().filter(({ path }) => path !== 'test/support/client.ts'),
    templateFile('test/support/client.ts'),
    ...runtime.map(([path, content]) => ({ path, content })),
    ...(shared.size === 0 ? [] : [{ path: 'src/http/declared-responses.ts', content: sharedResponsesModule(shared) }]),
    { path: 'src/store/collections.ts', content: collectionsModule(plan.collections) },
    ...schemaFiles(model.schemas),
  ];
};
