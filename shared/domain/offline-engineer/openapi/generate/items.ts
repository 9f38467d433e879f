/** The work, split for a team: a design, a foundation, one item for each group of operations, the whole, its acceptance. */

import type { WorkItem } from '../../blueprint.ts';
import type { GroupPlan, ApiPlan } from '../plan/plan.ts';

const operationItem = (group: GroupPlan): WorkItem => ({
  key: `operations-${group.name}`,
  title: `Operations of ${group.title}`,
  role: 'backend',
  description: `Write the ${group.plans.length} operations of ${group.title} with their contracts, handlers and tests: ${group.plans.map(({ operation }) => `${operation.method.toUpperCase()} ${operation.path}`).join(', ')}.`,
  acceptanceCriteria: [
    'Every operation answers its declared success with a body that its schema allows.',
    'Invalid requests, unknown records and missing credentials are refused in the declared shape.',
    `The tests in test/operations/${group.name}.test.ts pass.`,
  ],
  dependsOn: ['foundation'],
  priority: 50,
  estimateMinutes: 5 + group.plans.length * 5,
  paths: [`src/operations/${group.name}/`, `test/operations/${group.name}.test.ts`],
});

const designItem = (plan: ApiPlan): WorkItem => ({
  key: 'design',
  title: 'Design',
  role: 'architect',
  description: `Decide how "${plan.model.title}" is served: what is stored, how operations answer, what is assumed. Write it down for the team.`,
  acceptanceCriteria: [
    'The README says how each operation is answered and what was assumed.',
    'The decisions are recorded with their reasons.',
  ],
  dependsOn: [],
  priority: 100,
  estimateMinutes: 20,
  paths: ['README.md', 'docs/'],
});

const foundationItem: WorkItem = {
  key: 'foundation',
  title: 'Foundation',
  role: 'tech_lead',
  description:
    'Lay the ground that every operation stands on: schemas, validation, parameters, bodies, problems, routing, the store, and the support for tests.',
  acceptanceCriteria: [
    'Values are checked against the schemas of the document with messages that name field and reason.',
    'Records are stored, found, changed and removed in SQLite.',
  ],
  dependsOn: ['design'],
  priority: 90,
  estimateMinutes: 60,
  paths: [
    'package.json',
    'tsconfig.json',
    'wrangler.toml',
    '.gitignore',
    'src/json.ts',
    'src/clock.ts',
    'src/database.ts',
    'src/http/',
    'src/schemas/',
    'src/store/',
    'src/validation/',
    'test/foundation/',
    'test/support/',
  ],
};

const applicationItem = (plan: ApiPlan): WorkItem => ({
  key: 'application',
  title: 'Application',
  role: 'backend',
  description: 'Put the operations together behind one entry, with the document, an index page and a health check.',
  acceptanceCriteria: [
    '/health answers 200.',
    '/openapi.json answers the document with the address of this application.',
    '/ lists the operations for people.',
  ],
  dependsOn: plan.groups.map(({ name }) => `operations-${name}`),
  priority: 30,
  estimateMinutes: 20,
  paths: [
    'openapi.json',
    'src/app.ts',
    'src/worker.ts',
    'src/index-page.ts',
    'src/operations/index.ts',
    'test/app.test.ts',
  ],
});

const acceptanceItem: WorkItem = {
  key: 'acceptance',
  title: 'Acceptance',
  role: 'qa',
  description: 'Show over HTTP that records live through their whole life: created, listed, read, changed, removed.',
  acceptanceCriteria: ['What is created can be read again and, where the API allows it, changed and removed.'],
  dependsOn: ['application'],
  priority: 10,
  estimateMinutes: 30,
  paths: ['test/acceptance.test.ts'],
};

/** All items; no path belongs to two. */
export const workItems = (plan: ApiPlan): readonly WorkItem[] => [
  designItem(plan),
  foundationItem,
  ...plan.groups.map(operationItem),
  applicationItem(plan),
  acceptanceItem,
];
