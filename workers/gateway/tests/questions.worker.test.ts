import { beforeAll, describe, expect, it } from 'vitest';
import { fakeQuestionId } from '../testing/fake-cast.ts';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let projectId: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  projectId = await createTestProject(gateway, workspace.ownerKey);
});

const answerTo = (questionId: string, json: unknown): Promise<Response> =>
  gateway.send(`/api/projects/${projectId}/questions/${questionId}/answer`, {
    method: 'POST',
    key: workspace.ownerKey,
    json,
  });

describe('questions', () => {
  it('are listed with what was asked and whether it is open', async () => {
    const answer = await gateway.send(`/api/projects/${projectId}/questions`, { key: workspace.ownerKey });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ questions: [{ text: 'What now?', status: 'open' }] });
  });

  it('are answered under the name of whoever holds the key', async () => {
    const answer = await answerTo(fakeQuestionId(projectId), { text: '  Go on.  ' });
    expect(answer.status).toBe(200);
    const answeredBy = expect.stringMatching(/^person:key_/);
    expect(await answer.json()).toMatchObject({ status: 'answered', answer: { text: 'Go on.', answeredBy } });
  });

  it.each([
    ['an empty text', { text: ' ' }],
    ['no text', {}],
    ['a text that is too long', { text: 'x'.repeat(20_001) }],
    ['more than a text', { text: 'a', answeredBy: 'somebody else' }],
  ])('refuse %s', async (_, json) => {
    expect((await answerTo(fakeQuestionId(projectId), json)).status).toBe(400);
  });

  it('are not found under an id that nobody asked', async () => {
    expect((await answerTo('qst_00000000000000000000000000', { text: 'a' })).status).toBe(404);
    expect((await answerTo('nonsense', { text: 'a' })).status).toBe(404);
  });
});

describe('a new project', () => {
  it.each([
    ['a lease of a second', { leaseSeconds: 1 }],
    ['a lease of a day', { leaseSeconds: 86_400 }],
    ['six fallbacks', { fallbackModels: Array.from({ length: 6 }, () => 'offline/engineer') }],
    ['a fallback that is no name of a model', { fallbackModels: ['the engineer'] }],
    ['a deadline of nothing', { questionTimeoutSeconds: 0 }],
  ])('is refused with %s', async (_, options) => {
    const json = { specification: '# A', ...options };
    const answer = await gateway.send('/api/projects', { method: 'POST', key: workspace.ownerKey, json });
    expect(answer.status).toBe(400);
  });
});
