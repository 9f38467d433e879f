/** Every file of a generated repository, with the item that writes it. */
import type { BlueprintFile } from '../blueprint.ts';
import type { Design, ResourceDesign } from './design.ts';
import { accessFiles, printAccessWorker, usesServices } from './emit/access.ts';
import { printApplication, printAppTests } from './emit/application.ts';
import { printDerived } from './emit/derived.ts';
import { printDecisions, printDesign, printReadme } from './emit/docs.ts';
import { printFigures } from './emit/figures.ts';
import { printFiguresTests } from './emit/figures-tests.ts';
import { printGiven } from './emit/given.ts';
import { printJourneyTests } from './emit/journey-tests.ts';
import { printLists } from './emit/lists.ts';
import { draftNeedsMoment, printModel } from './emit/model.ts';
import { printModelTests } from './emit/model-tests.ts';
import { createOpenApi, printOpenApiFile, printOpenApiModule } from './emit/openapi.ts';
import { printPages, printSite } from './emit/pages.ts';
import { printPagesTests } from './emit/pages-tests.ts';
import { recordsFiles } from './emit/records.ts';
import { printResourceTests } from './emit/resource-tests.ts';
import { printRoutes } from './emit/routes.ts';
import { printRules } from './emit/rules.ts';
import { printRuleTests } from './emit/rule-tests.ts';
import { printService } from './emit/service.ts';
import { printStoreFiles } from './emit/stores.ts';
import { figuresItem, pageItem, resourceItem } from './items.ts';
import type { Catalogue } from './scenario/catalogue.ts';
import type { Journey } from './scenario/journeys.ts';
import type { SourceFile } from './source-file.ts';
import { createSymbols } from './symbols.ts';
import type { SymbolTable } from './symbols.ts';
import { projectTemplates, templatesUnder, workerTemplate } from './templates/index.ts';
import type { TemplateFile } from './templates/index.ts';

const toFile = (file: SourceFile, item: string): BlueprintFile => ({
  path: file.path,
  content: file.print(),
  item,
  kind: file.path.startsWith('test/') ? 'test' : 'source',
});

const toFiles = (files: readonly (SourceFile | undefined)[], item: string): readonly BlueprintFile[] =>
  files.flatMap((file) => (file ? [toFile(file, item)] : []));

const assigned = (templates: readonly TemplateFile[], item: string): readonly BlueprintFile[] =>
  templates.map((template) => ({ ...template, item }));

const documentFile = (path: string, content: string, item: string): BlueprintFile => ({
  path,
  content,
  item,
  kind: 'document',
});

interface Work {
  readonly design: Design;
  readonly catalogue: Catalogue;
  readonly symbols: SymbolTable;
  readonly needsMoment: (resource: ResourceDesign) => boolean;
}

const foundationFiles = (design: Design): readonly BlueprintFile[] => {
  const { name, description, title } = design.model;
  const templates = templatesUnder('src/', 'test/').filter(
    ({ path }) => !/\/(?:page-kit|access|records)\//u.test(path) && path !== 'src/worker.ts',
  );
  const [summary = title] = description.split('\n');
  return assigned([...projectTemplates({ name, description: summary.trim() || title }), ...templates], 'foundation');
};

const modelFiles = ({ design, catalogue, symbols, needsMoment }: Work): readonly BlueprintFile[] =>
  toFiles(
    [
      ...design.resources.flatMap((resource) => [
        printModel(design, resource, symbols),
        resource.computed.length > 0 ? printDerived(design, resource, symbols) : undefined,
        printModelTests(design, resource, symbols),
      ]),
      ...printStoreFiles(design, symbols),
      printGiven(catalogue, symbols, needsMoment),
    ],
    'data-model',
  );

const resourceFiles = ({ design, catalogue, symbols, needsMoment }: Work): readonly BlueprintFile[] =>
  catalogue.resources.flatMap((scenarios) => {
    const { resource } = scenarios;
    const rules = printRules(design, resource, symbols);
    const service = printService(design, resource, symbols, { rules, draftTakesMoment: needsMoment(resource) });
    const hasRules = rules.file.print().includes('export ');
    const files = [
      hasRules ? rules.file : undefined,
      service.print().includes('export ') ? service : undefined,
      printLists(design, resource, symbols),
      printRoutes(design, resource, symbols),
      printResourceTests(catalogue, scenarios, symbols),
      printRuleTests(catalogue, scenarios, symbols),
    ];
    return toFiles(files, resourceItem(resource));
  });

const pageFiles = ({ design, catalogue, symbols }: Work): readonly BlueprintFile[] => [
  ...assigned(templatesUnder('src/page-kit/', 'test/page-kit/'), 'page-kit'),
  toFile(printSite(design, symbols), 'page-kit'),
  ...catalogue.resources
    .filter(({ resource }) => resource.resource.hasPage)
    .flatMap((scenarios) =>
      toFiles(
        [printPages(design, scenarios.resource, symbols), printPagesTests(catalogue, scenarios, symbols)],
        pageItem(scenarios.resource),
      ),
    ),
];

const figuresFiles = ({ design, catalogue, symbols }: Work): readonly BlueprintFile[] =>
  design.figures.flatMap((endpoint) =>
    toFiles(
      [printFigures(design, endpoint, symbols), printFiguresTests(catalogue, endpoint, symbols)],
      figuresItem(endpoint),
    ),
  );

/** All files, in the order of their items. */
export const createFiles = (
  catalogue: Catalogue,
  journeys: readonly Journey[],
  assumptions: readonly string[],
): readonly BlueprintFile[] => {
  const { design } = catalogue;
  const symbols = createSymbols(design);
  const needsMoment = (resource: ResourceDesign): boolean => draftNeedsMoment(design, resource, symbols);
  const work: Work = { design, catalogue, symbols, needsMoment };
  const openApi = createOpenApi(design);
  return [
    documentFile('docs/design.md', printDesign(design), 'design'),
    ...printDecisions(design.model).map(({ path, content }) => documentFile(path, content, 'design')),
    documentFile('openapi.json', printOpenApiFile(openApi), 'design'),
    ...foundationFiles(design),
    ...modelFiles(work),
    ...pageFiles(work),
    ...accessFiles(design),
    ...recordsFiles(design, symbols),
    ...resourceFiles(work),
    ...figuresFiles(work),
    ...toFiles(printApplication(design, symbols), 'application'),
    usesServices(design.model)
      ? { path: 'src/worker.ts', content: printAccessWorker(design.model), item: 'application', kind: 'source' }
      : { ...workerTemplate(), item: 'application' },
    { path: 'src/openapi/document.ts', content: printOpenApiModule(openApi), item: 'application', kind: 'source' },
    toFile(printAppTests(design, symbols), 'application'),
    documentFile('README.md', printReadme(design, assumptions), 'application'),
    ...toFiles(
      design.resources.map((resource) => printJourneyTests(design, resource, journeys, symbols)),
      'acceptance',
    ),
  ];
};
