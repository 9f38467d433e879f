/** Prints the documents of a generated repository: README, design, and the records of decisions. */
import type { AppModel, Expression } from '../../app-model.ts';
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { sentenceCase } from '../names.ts';
import { isDemanded } from './fields.ts';
import { keepsRecords } from './records.ts';

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const printRow = (cells: readonly string[], widths: readonly number[]): string =>
  `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;

/** A Markdown table with aligned columns. */
const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, index) =>
    Math.max(3, ...[head, ...rows].map((row) => Array.from(row[index] ?? '').length)),
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [printRow(head, widths), rule, ...rows.map((row) => printRow(row, widths))].join('\n');
};

const describeStart = (expression: Expression | undefined): string => {
  if (!expression) return '';
  if (expression.kind === 'literal') return `starts as ${JSON.stringify(expression.value)}`;
  return expression.kind === 'now' || expression.kind === 'today'
    ? `starts as ${expression.kind}`
    : 'has a computed start';
};

const describeLimits = ({ field }: FieldDesign): readonly string[] => [
  ...(field.minimum === undefined
    ? []
    : [`${field.exclusiveMinimum === true ? 'above' : 'at least'} ${field.minimum}`]),
  ...(field.maximum === undefined ? [] : [`${field.exclusiveMaximum === true ? 'below' : 'at most'} ${field.maximum}`]),
  ...(field.minLength === undefined ? [] : [`at least ${field.minLength} long`]),
  ...(field.maxLength === undefined ? [] : [`at most ${field.maxLength} long`]),
  ...(field.pattern === undefined ? [] : [`matches \`${field.pattern}\``]),
  ...(field.values === undefined ? [] : [`one of ${field.values.join(', ')}`]),
  ...(field.reference === undefined
    ? []
    : [`names a ${field.reference.resource}; when that is deleted: ${field.reference.onDelete.replace('_', ' ')}`]),
];

const describeField = (field: FieldDesign): readonly string[] => {
  const notes = [
    isDemanded(field) ? 'required' : '',
    field.isComputed ? 'computed on each read' : field.isWritable ? '' : 'set by the application',
    field.field.immutable === true ? 'cannot be changed' : '',
    describeStart(field.start),
    ...describeLimits(field),
  ].filter((note) => note !== '');
  return [`\`${field.name}\``, field.type, escapeCell(notes.join('; '))];
};

const describeResource = (resource: ResourceDesign): string => {
  const rules = [...resource.forbids, ...resource.transitions, ...resource.effects].map(
    ({ source }) => `- ${oneLine(source)}`,
  );
  return [
    `### ${sentenceCase(resource.pluralWords)}`,
    ...(resource.resource.description.trim() === '' ? [] : [resource.resource.description.trim()]),
    printTable(['field', 'type', 'notes'], resource.fields.map(describeField)),
    ...(rules.length === 0 ? [] : [`Rules:\n\n${[...new Set(rules)].join('\n')}`]),
  ].join('\n\n');
};

const serviceLines = ({ model, resource }: Design): readonly string[] => [
  ...(model.access
    ? [
        '- `POST /auth/sign-up`, `POST /auth/sign-in` – `{ email, password }`; the answer has a `token` for `Authorization: Bearer …`',
        '- `POST /auth/sign-out`; `GET /auth/me` – who is signed in',
      ]
    : []),
  ...(model.usage ? ['- `GET /usage` – how often what was asked for'] : []),
  ...(model.data?.feed === true
    ? ['- `GET /changes?after=0&limit=50&kind=…` – what changed, oldest first; go on after `next`']
    : []),
  ...(model.data?.exported ?? []).map((name) => `- \`GET /export/${resource(name).plural}\` – all as lines of JSON`),
  ...(model.data?.imported ?? []).map(
    (name) =>
      `- \`POST /import/${resource(name).plural}\` – lines of JSON as an export gives them (\`application/x-ndjson\`); fields, references and unique values are checked, rules about changes are not`,
  ),
];

const endpointLines = (design: Design): readonly string[] => {
  const lines = design.resources.flatMap((resource) => {
    const { operations } = resource.resource;
    const path = `/${resource.plural}`;
    return [
      ...(operations.includes('list') ? [`- \`GET ${path}\` – a page of ${resource.pluralWords}`] : []),
      ...(operations.includes('create') ? [`- \`POST ${path}\` – create`] : []),
      ...(operations.includes('read') ? [`- \`GET ${path}/:id\` – read`] : []),
      ...(operations.includes('update') ? [`- \`PATCH ${path}/:id\` – change; \`PUT\` – replace`] : []),
      ...(operations.includes('delete') ? [`- \`DELETE ${path}/:id\` – delete`] : []),
      ...resource.actions.map(({ method, path: address, source }) => `- \`${method} ${address}\` – ${oneLine(source)}`),
      ...resource.lists.map(({ path: address, source }) => `- \`GET ${address}\` – ${oneLine(source)}`),
    ];
  });
  const figures = design.figures.map(({ path, source }) => `- \`GET ${path}\` – ${oneLine(source)}`);
  return [...lines, ...figures, ...serviceLines(design)].map((line) => line.replace(/ – $/u, ''));
};

const refusals: readonly (readonly string[])[] = [
  ['400', 'the request cannot be read: malformed JSON, not an object, an unknown or malformed query parameter'],
  ['404', 'there is no such record or address'],
  ['405', 'the address does not know the method; `Allow` names those it knows'],
  ['409', 'the present state does not allow it: a value is taken, a rule forbids it, a record is in use'],
  ['413', 'the body is larger than a megabyte'],
  ['415', 'the body is not called `application/json`'],
  ['422', 'a field is missing, unknown, read-only or not valid'],
];

const folders: readonly (readonly string[])[] = [
  ['`src/http`', 'router, bodies, query strings, refusals'],
  ['`src/storage`', 'tables, stores that hold writes back until every rule has agreed, pages of records'],
  ['`src/validation`', 'kinds of values and when they must be sent'],
  ['`src/model`', 'the records: fields, tables, computed fields'],
  ['`src/state`', 'all tables together, and what one request works with'],
  ['`src/resources`', 'what can be done with each kind of record: rules, service, routes'],
  ['`src/page-kit`, `src/pages`', 'the HTML pages'],
  ['`docs`', 'design and decisions'],
];

/** `README.md`. */
export const printReadme = (design: Design, assumptions: readonly string[]): string => {
  const { title, description, pagination } = design.model;
  const parts = [
    `# ${title}`,
    ...(description.trim() === '' ? [] : [description.trim()]),
    keepsRecords(design.model)
      ? "A small web application: a JSON interface and server-rendered pages over the platform's Data service, as one\nCloudflare Durable Object. It has no dependency at run time."
      : 'A small web application: a JSON interface and server-rendered pages over SQLite, as one Cloudflare Durable Object.\nIt has no dependency at run time.',
    '## Run it',
    '```sh\nnpm install        # types and wrangler, for development only\nnpm test           # node --test, on Node 24 or newer\nnpm run check      # tsc, strict\nnpm run dev        # wrangler dev\nnpm run deploy     # wrangler deploy\n```',
    '## The interface',
    `${endpointLines(design).join('\n')}\n- \`GET /openapi.json\` – the whole description; \`GET /health\``,
    `Lists take \`limit\` (at most ${pagination.maxLimit}, otherwise ${pagination.defaultLimit}), \`offset\`, \`sort=field\` or \`sort=-field\`, \`q\` where there is something to search,\nand a parameter for each field that can be filtered by. They answer \`{ items, total, limit, offset }\`.`,
    'Refusals are `application/problem+json` with `title`, `status`, `detail` and `errors: [{ field, message }]`:',
    printTable(['status', 'when'], refusals),
    ...(assumptions.length === 0
      ? []
      : ['## Assumptions', assumptions.map((assumption) => `- ${assumption}`).join('\n')]),
    '## Where things are',
    printTable(['folder', 'what'], folders),
  ];
  return `${parts.join('\n\n')}\n`;
};

/** `docs/design.md`. */
export const printDesign = (design: Design): string => {
  const parts = [
    `# Design of ${design.model.title}`,
    keepsRecords(design.model)
      ? 'The Data service of the platform keeps all records. One Durable Object answers every request on a copy of them in its\nSQLite; requests take turns, so it needs no locks.'
      : 'One Durable Object owns all data in its SQLite and answers every request; being the only writer, it needs no locks.',
    '## How a request is carried out',
    '1. The router finds the route; bodies and query strings are read strictly.\n2. Fields are checked by the declarations in `src/model`.\n3. The service checks references, unique values, transitions and every rule, in this order.\n4. Effects are computed. Stores hold all writes back and already show them to reads.\n5. Only then is everything written, without any waiting in between, so that a refusal never leaves half a change.',
    '## Records',
    ...design.resources.map(describeResource),
  ];
  return `${parts.join('\n\n')}\n`;
};

interface Decision {
  readonly path: string;
  readonly content: string;
}

const decision = (
  number: number,
  slug: string,
  title: string,
  context: string,
  choice: string,
  consequences: string,
): Decision => ({
  path: `docs/decisions/${String(number).padStart(4, '0')}-${slug}.md`,
  content: `# ${number}. ${title}\n\nStatus: accepted\n\n## Context\n\n${context}\n\n## Decision\n\n${choice}\n\n## Consequences\n\n${consequences}\n`,
});

const standing: readonly Decision[] = [
  decision(
    1,
    'one-durable-object',
    'One Durable Object with SQLite',
    'Rules speak of several records at once: a change is allowed or not depending on others.',
    'All data lives in the SQLite of one Durable Object, which is the only writer. Reads and writes of a request happen\nwithout waiting in between.',
    'No transactions and no locks are needed. The load of one application must fit one object.',
  ),
  decision(
    2,
    'writes-held-back',
    'Writes are held back until every rule has agreed',
    'A change can touch several records, and any of them may turn out not to be allowed.',
    'Stores collect writes and show them to reads of the same request. `commit` writes them all at the end; a refusal is\nthrown before and leaves nothing behind.',
    'Rules and effects are plain functions over the stores. Nothing has to be undone.',
  ),
  decision(
    3,
    'additive-migrations',
    'Tables grow and never shrink',
    'A new version must keep the data of the one before, and a step back must stay possible.',
    'At start, missing tables and columns are added, with the default where there is one. Columns are never dropped or\nrewritten. Column types are only hints; validation in front of the database guarantees them.',
    'Old records show null in new fields without a default. Renaming a field is adding one and copying.',
  ),
  decision(
    4,
    'status-of-refusals',
    'What each refusal is called',
    'Clients must be able to tell a mistake of theirs from a conflict with the present state.',
    '400 for what cannot be read, 422 for fields that are not valid, 409 for what the present state does not allow.\nEvery refusal is a problem document (RFC 9457) that names the fields.',
    'A test for each of them stands beside each resource.',
  ),
];

const recordsDecision = decision(
  5,
  'records-in-the-data-service',
  'Records are kept in the Data service',
  'Other programs are to follow changes, and records go out and come in. Rules still speak of several records at once.',
  'The Data service keeps the records. The object works on a copy, hands what a request changed over in one transaction\nof up to 100 records before it answers, and takes it back when the service refuses.',
  'Every change costs one more call. A copy that is lost is read again. While the service cannot be reached, requests\nanswer 503.',
);

/** The decision records. */
export const printDecisions = (model: AppModel): readonly Decision[] => [
  ...standing,
  ...(keepsRecords(model) ? [recordsDecision] : []),
];
