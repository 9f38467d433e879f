import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectStub } from '../../durable-objects/stubs.ts';
import { defaultGates } from '../../shared/domain/quality/judge/gate.ts';
import { valueOf } from './method-cases/world.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';

beforeAll(prepareDirectory);

const specificationWith = (status: number): string => `# Notes

A note has a title (required, at most 20 characters) and a body.

\`\`\`gherkin
@AC-1
Scenario: A note keeps its title
  Given a note with title "First" and body "b"
  When GET /notes/{note.id}
  Then the status is 200
  And title is "First"

@AC-2
Scenario: A note without a title is refused
  When POST /notes with {"body": "b"}
  Then the status is ${status}

@AC-3
Scenario: People like it
  Given Ann is happy
  When GET /notes
  Then the status is 200
\`\`\`
`;

const ended = (project: TestProject) =>
  until(async () => {
    const found = await project.stub.get();
    return found.ok && found.value.status !== 'active' ? found.value : undefined;
  });

const outcomesOf = (criteria: readonly { readonly criterionId: string; readonly outcome: string }[]) =>
  Object.fromEntries(criteria.slice(0, 3).map(({ criterionId, outcome }) => [criterionId, outcome]));

describe('acceptance criteria', () => {
  it('are proven by their scenarios on the preview, and said to be unproven where nothing shows them', async () => {
    const project = await new TestProject().create({ specification: specificationWith(422) });
    const stub = () => projectStub(env, project.workspaceId, project.projectId);
    expect(await ended(project)).toMatchObject({ status: 'completed' });
    const { criteria, counts, commit } = valueOf(await stub().criteria({ limit: 100 }));
    expect(outcomesOf(criteria)).toEqual({ 'AC-1': 'proven', 'AC-2': 'proven', 'AC-3': 'unproven' });
    expect(criteria[0]).toMatchObject({
      source: 'specification',
      line: 7,
      tasks: expect.arrayContaining([expect.objectContaining({ key: 'resource-notes' })]),
      checks: [
        {
          kind: 'scenario',
          slot: 'preview',
          commit,
          evidence: expect.stringMatching(/POST \/notes → 201; GET \/notes\/.* → 200/),
        },
      ],
    });
    expect(criteria[2]).toMatchObject({ unreadable: expect.stringContaining('Ann is happy') });
    expect(counts).toMatchObject({ failed: 0, specifiedUnproven: 1 });
    // Sentences of tasks are shown by the tests that say them.
    expect(counts.proven).toBeGreaterThan(2);
    expect(valueOf(await stub().criteria({ limit: 100, outcome: 'failed' })).criteria).toEqual([]);
    const verified = valueOf(await stub().verifyCriteria({ commandId: 'again', slot: 'preview' }));
    expect(outcomesOf(verified.criteria)).toEqual({ 'AC-1': 'proven', 'AC-2': 'proven', 'AC-3': 'unproven' });
    const report = valueOf(await stub().report());
    expect(report.markdown).toContain('| AC-3: People like it | unproven |');
  });

  it('keep a version that fails one from production, and fail a gate that wants all of them proven', async () => {
    const project = await new TestProject().create({
      specification: specificationWith(418),
      maxRevisions: 0,
      maxAttempts: 1,
    });
    await project.event('repository.created');
    const stub = () => projectStub(env, project.workspaceId, project.projectId);
    expect(await stub().verifyCriteria({ commandId: 'v', slot: 'staging' })).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict' },
    });
    const gates = [
      {
        name: 'criteria',
        kind: 'criteria',
        stage: 'release',
        conditions: [{ figure: 'specifiedUnproven', atMost: 0 }],
      },
    ] as const;
    const wanted = [...defaultGates, ...gates];
    valueOf(await stub().setGates({ commandId: 'g', gates: wanted, by: 'person:key_1' }));
    const view = await ended(project);
    expect(view.status).not.toBe('completed');
    expect(view.deployments.map(({ slot }) => slot)).toEqual(['preview']);
    const { criteria } = valueOf(await stub().criteria({ limit: 100 }));
    expect(outcomesOf(criteria)).toMatchObject({ 'AC-1': 'proven', 'AC-2': 'failed', 'AC-3': 'unproven' });
    expect(criteria[1]?.checks[0]?.evidence).toMatch(/answered 4\d\d/);
    const outcomes = valueOf(await stub().quality()).verdict?.gates.map(({ gate, outcome }) => [gate, outcome]);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        ['acceptance', 'failed'],
        ['criteria', 'failed'],
      ]),
    );
  });
});
