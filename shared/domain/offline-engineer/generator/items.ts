/** The work on an application, split so that each item can be built, tested and merged by itself. */
import type { WorkItem } from '../blueprint.ts';
import { removedWith } from './cascades.ts';
import type { Design, FiguresEndpoint, ResourceDesign } from './design.ts';
import { accessItem, hasAccessWork } from './emit/access.ts';
import { keepsRecords, recordsItem } from './emit/records.ts';
import { figuresPath } from './emit/figures.ts';
import { figuresTestPath } from './emit/figures-tests.ts';
import { journeyTestPath } from './emit/journey-tests.ts';
import { pagesPath } from './emit/pages.ts';
import { pagesTestPath } from './emit/pages-tests.ts';
import { resourceTestPath } from './emit/resource-tests.ts';
import { ruleTestPath } from './emit/rule-tests.ts';
import { kebabCase, sentenceCase } from './names.ts';

export const resourceItem = (resource: ResourceDesign): string => `resource-${resource.plural}`;
export const pageItem = (resource: ResourceDesign): string => `page-${resource.plural}`;
export const figuresItem = (endpoint: FiguresEndpoint): string => `figures-${kebabCase(endpoint.name)}`;

const sentences = (...texts: readonly string[]): readonly string[] => [
  ...new Set(texts.map((text) => text.trim()).filter((text) => text !== '')),
];

const design = (model: Design): WorkItem => ({
  key: 'design',
  title: `Design of ${model.model.title}`,
  role: 'architect',
  description:
    'Write the design: the records with their fields and rules, how a request is carried out, the description of the JSON interface, and the decisions that shape the code.',
  acceptanceCriteria: [
    'docs/design.md names every resource, field and rule of the specification.',
    'openapi.json describes every endpoint.',
    'Each decision has a record with its reason.',
  ],
  dependsOn: [],
  priority: 100,
  estimateMinutes: 10,
  paths: ['docs/', 'openapi.json'],
});

const foundation = (): WorkItem => ({
  key: 'foundation',
  title: 'HTTP, storage and validation',
  role: 'tech_lead',
  description:
    'Build what every resource stands on: the router with problem documents, strict reading of bodies and query strings, tables and stores over SQLite whose writes are held back until all rules have agreed, and kinds of fields.',
  acceptanceCriteria: [
    'Every refusal is application/problem+json and names the fields at fault.',
    'Malformed JSON answers 400, a body over a megabyte 413, a wrong content type 415, an unknown method 405 with Allow.',
    'Data of an older version stays readable when fields are added.',
  ],
  dependsOn: ['design'],
  priority: 90,
  estimateMinutes: 20,
  paths: [
    'package.json',
    'tsconfig.json',
    'wrangler.toml',
    '.gitignore',
    'src/clock.ts',
    'src/compare.ts',
    'src/database.ts',
    'src/figures.ts',
    'src/time.ts',
    'src/http/',
    'src/storage/',
    'src/validation/',
    'test/http/',
    'test/storage/',
    'test/validation/',
    'test/compare.test.ts',
    'test/figures.test.ts',
    'test/time.test.ts',
    'test/support/client.ts',
    'test/support/clock.ts',
    'test/support/database.ts',
  ],
});

const dataModel = (model: Design): WorkItem => ({
  key: 'data-model',
  title: 'Records, tables and computed fields',
  role: 'backend',
  description: `Declare the records of ${model.resources.map(({ pluralWords }) => pluralWords).join(', ')}: types, checks of each field, defaults, tables, and the fields that are computed.`,
  acceptanceCriteria: sentences(
    ...model.resources.flatMap((resource) => resource.fields.map(({ field }) => field.source)),
    'Every field takes the values at its bounds and refuses those beyond.',
  ).slice(0, 40),
  dependsOn: ['foundation'],
  priority: 80,
  estimateMinutes: 5 + 5 * model.resources.length,
  paths: ['src/model/', 'src/state/', 'test/model/', 'test/support/given.ts'],
});

const resourceWork = (model: Design, resource: ResourceDesign): WorkItem => ({
  key: resourceItem(resource),
  title: sentenceCase(resource.pluralWords),
  role: 'backend',
  description: [
    resource.resource.description.trim(),
    `Build the JSON interface of ${resource.pluralWords} (${[...resource.resource.operations, ...resource.actions.map(({ name }) => name)].join(', ')}) with its rules, and the tests that show each of them.`,
  ]
    .filter((text) => text !== '')
    .join(' '),
  acceptanceCriteria: sentences(
    resource.resource.source,
    ...resource.fields.map(({ field }) => field.source),
    ...resource.transitions.map(({ source }) => source),
    ...resource.forbids.map(({ source }) => source),
    ...resource.effects.map(({ source }) => source),
    ...resource.actions.map(({ source }) => source),
    ...resource.lists.map(({ source }) => source),
  ),
  dependsOn: ['data-model', ...removedWith(model, resource).map(resourceItem)],
  priority: 70,
  estimateMinutes: 15 + 2 * (resource.forbids.length + resource.effects.length + resource.actions.length),
  paths: [`src/resources/${resource.plural}/`, resourceTestPath(resource), ruleTestPath(resource)],
});

const figuresWork = (endpoint: FiguresEndpoint): WorkItem => ({
  key: figuresItem(endpoint),
  title: `Figures at ${endpoint.path}`,
  role: 'backend',
  description: `Build GET ${endpoint.path}, which answers ${endpoint.values.map(({ name }) => name).join(', ')}.`,
  acceptanceCriteria: sentences(
    endpoint.source,
    `GET ${endpoint.path} answers ${endpoint.values.map(({ name }) => name).join(', ')}.`,
  ),
  dependsOn: ['data-model'],
  priority: 60,
  estimateMinutes: 10,
  paths: [figuresPath(endpoint), figuresTestPath(endpoint)],
});

const pageKit = (): WorkItem => ({
  key: 'page-kit',
  title: 'What pages are made of',
  role: 'frontend',
  description:
    'Build the frame of the pages: escaping markup, layout with navigation and a strict content security policy, forms, the table page with search, the page of one record, and the front page.',
  acceptanceCriteria: [
    'Nothing a person typed becomes markup.',
    'Links work under whatever address the application is mounted at.',
    'Every input has a label; what is wrong stands beside the input; an empty table says so.',
    'Pages work without scripts.',
  ],
  dependsOn: ['foundation'],
  priority: 75,
  estimateMinutes: 20,
  paths: ['src/page-kit/', 'test/page-kit/'],
});

const access = ({ model }: Design): readonly WorkItem[] =>
  hasAccessWork(model)
    ? [
        {
          key: accessItem,
          title: 'Signing in and what the platform counts',
          role: 'security',
          description:
            'Declare the services of the platform that the application uses, and build what stands before it: who is not signed in gets no further than the front page, sessions travel in cookies and bearer tokens, no other site acts in the name of whoever is signed in, and requests are counted where that is asked for.',
          acceptanceCriteria: sentences(
            ...(model.access?.sources ?? []),
            model.usage?.source ?? '',
            'services.json declares what is used and nothing else.',
          ),
          dependsOn: ['page-kit'],
          priority: 65,
          estimateMinutes: 15,
          paths: ['src/access/', 'test/access/', 'services.json'],
        },
      ]
    : [];

const records = ({ model }: Design): readonly WorkItem[] =>
  keepsRecords(model)
    ? [
        {
          key: recordsItem,
          title: 'Records in the Data service',
          role: 'backend',
          description:
            'Keep the records in the Data service of the platform: the application works on a copy, hands every change over before it answers, takes back what is refused, and follows what others change. Offer what is asked for of the feed of changes, export and import.',
          acceptanceCriteria: sentences(
            ...(model.data?.sources ?? []),
            'A change that the service refuses leaves nothing behind.',
            'Nobody sees a change that is not kept.',
          ),
          dependsOn: ['data-model', ...(hasAccessWork(model) ? [accessItem] : [])],
          priority: 60,
          estimateMinutes: 25,
          paths: [
            'src/records/',
            'test/records/',
            ...(hasAccessWork(model) ? [] : ['src/access/services.ts', 'services.json']),
          ],
        },
      ]
    : [];

const pageWork = (resource: ResourceDesign): WorkItem => ({
  key: pageItem(resource),
  title: `Pages of ${resource.pluralWords}`,
  role: 'frontend',
  description: `Build the page of ${resource.pluralWords}: a table with search, a form for a new one, and a page to change, delete or act on each.`,
  acceptanceCriteria: [
    `/pages/${resource.plural} lists ${resource.pluralWords} and can create one.`,
    `Each ${resource.words} has a page of its own to change or delete it.`,
  ],
  dependsOn: ['page-kit', resourceItem(resource)],
  priority: 50,
  estimateMinutes: 10,
  paths: [pagesPath(resource), pagesTestPath(resource)],
});

const application = (dependsOn: readonly string[]): WorkItem => ({
  key: 'application',
  title: 'The application as a whole',
  role: 'backend',
  description:
    'Put all routes together over one database, serve the description of the interface and the health, and export the Durable Object.',
  acceptanceCriteria: [
    'Every address in /openapi.json is answered.',
    '/health answers 200.',
    'The front page leads to every page.',
    'The README says how to test, run and deploy it.',
  ],
  dependsOn,
  priority: 40,
  estimateMinutes: 10,
  paths: ['src/app.ts', 'src/worker.ts', 'src/system.ts', 'src/openapi/', 'test/app.test.ts', 'README.md'],
});

const acceptance = (resources: readonly ResourceDesign[], criteria: readonly string[]): WorkItem => ({
  key: 'acceptance',
  title: 'Acceptance tests',
  role: 'qa',
  description:
    'Use the whole application from outside, as a client would, and show that each sentence of the specification holds.',
  acceptanceCriteria: criteria.slice(0, 60),
  dependsOn: ['application'],
  priority: 30,
  estimateMinutes: 20,
  paths: resources.map(journeyTestPath),
});

/** All items. An item that would write nothing is left out. */
export const createItems = (
  model: Design,
  journeys: { readonly resources: readonly ResourceDesign[]; readonly titles: readonly string[] },
): readonly WorkItem[] => {
  const resources = model.resources.map((resource) => resourceWork(model, resource));
  const figures = model.figures.map(figuresWork);
  const pages = model.resources.filter(({ resource }) => resource.hasPage).map(pageWork);
  const gates = [...access(model), ...records(model)];
  const parts = [...resources, ...figures, ...pages, ...gates].map(({ key }) => key);
  return [
    design(model),
    foundation(),
    dataModel(model),
    pageKit(),
    ...resources,
    ...figures,
    ...pages,
    ...gates,
    application([...parts, 'page-kit']),
    ...(journeys.resources.length === 0 ? [] : [acceptance(journeys.resources, sentences(...journeys.titles))]),
  ];
};
