/** README and decision records. */

import type { ApiPlan } from '../plan/plan.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { GeneratedFile } from './schemas.ts';
import { commentText } from './source.ts';

/** What was decided on the reader's behalf. */
export const assumptionsOf = (plan: ApiPlan): readonly string[] => {
  const { operations, collections, model } = plan;
  const echoed = operations.filter(({ behaviour }) => behaviour.kind === 'echo');
  const filled = collections.filter(({ initial }) => initial.length > 0);
  return [
    ...(operations.some(({ operation }) => operation.security.length > 0)
      ? [
          'The document says where credentials stand, not which ones are good: every non-empty credential is accepted unless the application is given a list of keys.',
        ]
      : []),
    ...(echoed.length > 0
      ? [
          `${echoed.length} of ${operations.length} operations do not speak of stored records; they answer with their documented example or a value made from their schema, in which fields of the request are repeated.`,
        ]
      : []),
    ...(filled.length > 0
      ? [
          `Nobody can create ${filled.map(({ title }) => title).join(', ')}; these collections begin with the records that the document shows.`,
        ]
      : []),
    ...(collections.some(({ acceptsId }) => acceptsId)
      ? [
          'Where a client may choose the id of a new record and the document knows no conflict (409), a record with the same id is replaced.',
        ]
      : []),
    ...model.notes,
  ];
};

const answerWords = ({ behaviour }: OperationPlan): string => {
  switch (behaviour.kind) {
    case 'list':
      return `the stored ${behaviour.collection.name}`;
    case 'create':
    case 'create_many':
      return `stores in ${behaviour.collection.name}`;
    case 'read':
      return `one of ${behaviour.collection.name}`;
    case 'replace':
    case 'update':
      return `changes one of ${behaviour.collection.name}`;
    case 'delete':
      return `removes one of ${behaviour.collection.name}`;
    case 'action':
      return behaviour.assignment === undefined
        ? `changes one of ${behaviour.collection.name}`
        : `sets \`${behaviour.assignment.field}\` to \`${String(behaviour.assignment.value)}\``;
    case 'singleton_read':
      return 'the stored document';
    case 'singleton_write':
      return 'stores the document';
    case 'count':
      return 'counts stored records';
    case 'echo':
      return 'answered from its schema';
  }
};

const cell = (text: string): string => commentText(text, 90).replaceAll('|', '\\|');

/** `README.md` and `docs/decisions/`. */
export const documentFiles = (plan: ApiPlan): readonly GeneratedFile[] => [
  { path: 'README.md', content: readme(plan) },
  { path: 'docs/decisions/0001-documents-in-sqlite.md', content: storageDecision },
  { path: 'docs/decisions/0002-answers-keep-their-schema.md', content: answerDecision },
];

const readme = (plan: ApiPlan): string => {
  const { model, operations } = plan;
  const rows = operations.map(
    (one) =>
      `| ${one.operation.method.toUpperCase()} | \`${cell(one.operation.path)}\` | ${cell(one.operation.summary)} | ${answerWords(one)} |`,
  );
  const assumptions = assumptionsOf(plan);
  return `# ${commentText(model.title, 120)}

${model.description === '' ? 'A web application that serves the API described in `openapi.json`.' : model.description.slice(0, 2_000)}

## Use

\`\`\`sh
npm install
npm test          # Node 24 or later
npm run check     # types
npm run dev       # serves on http://localhost:8787
\`\`\`

\`/\` lists the operations, \`/openapi.json\` is the document, \`/health\` says whether the application is well.
${model.basePaths.length === 0 ? '' : `The operations also answer below ${model.basePaths.map((path) => `\`${path}\``).join(', ')}, as the document's servers say.\n`}
## Operations

| method | path | summary | how it is answered |
| --- | --- | --- | --- |
${rows.join('\n')}

Requests are checked against the document. What does not fit is refused in the shape that the operation declares for
422, 400, 4XX or default (in this order), else as \`application/problem+json\`.

## Assumptions

${assumptions.length === 0 ? 'None.' : assumptions.map((one) => `- ${commentText(one, 400)}`).join('\n')}

## Where things are

| folder | what |
| --- | --- |
| \`src/operations/\` | one module for each operation: its contract and how it answers |
| \`src/schemas/\` | the document's schemas as types and constants |
| \`src/http/\` | routing, parameters, bodies, credentials, problems |
| \`src/validation/\` | the checks behind the schemas |
| \`src/store/\` | records in SQLite |
| \`docs/decisions/\` | why it is built this way |
`;
};

const storageDecision = `# 1. Records are JSON documents in SQLite

**Context.** The API describes its records by schemas with optional, nested and alternative parts.

**Decision.** Each record is one row: its collection, its id, the resources that enclose it, and the record as JSON.
Lists are filtered and ordered in memory.

**Consequences.** No migration is needed when the document gains a property. Collections with very many records would
need columns for what they are filtered by.
`;

const answerDecision = `# 2. Answers keep to their schemas

**Context.** Records are created from one schema and read through another; a client relies on the latter.

**Decision.** Every answer is checked against its declared schema before it is sent. What may not be sent is left out,
what must be there and is not known comes from a valid example in the operation's contract.

**Consequences.** An answer is never outside of its declaration. A field that shows the example's value is a field that
nothing in the API sets.
`;
