import { describe, expect, it } from 'vitest';
import { err, ok } from '../../errors/result.ts';
import type { GenerationReport } from '../quality/generation/report.ts';
import type { GenerationRequest } from '../quality/generation/request.ts';
import { generateTests } from './generation-tool.ts';
import type { OpenContext } from './tool.ts';

const report: GenerationReport = {
  functions: 2,
  skipped: [{ file: 'src/note.ts', name: 'on', reason: 'takes a callback' }],
  candidates: 9,
  refuted: [{ file: 'test/generated/note.test.ts', name: 'trim twice', message: 'Counterexample: " "' }],
  mutants: 12,
  survivedBefore: 5,
  noticedNow: 3,
  files: [
    {
      path: 'test/generated/note.test.ts',
      content: "it('trims', () => {});\n",
      tests: [{ name: 'trims', kind: 'property' }],
      kills: 3,
    },
  ],
  dropped: [],
};

const files = { 'src/note.ts': 'export const a = 1;', 'test/note.test.ts': '', 'openapi.json': '{}' };

const call = async (argumentsJson: string, generate: OpenContext['generateTests']) => {
  const parts = {
    place: { ref: 'task/notes', specificationPath: 'SPEC.md' },
    repository: { snapshot: async () => ok({ commit: 'c', files }) },
    generateTests: generate,
  };
  // SAFETY: the tool uses these parts of its context and no others.
  return await generateTests.runOpen?.(argumentsJson, parts as unknown as OpenContext);
};

describe('generate_tests', () => {
  it('shows what was found, what did not hold, and the files', async () => {
    const asked: GenerationRequest[] = [];
    const result = await call('{"path":"src/note.ts"}', async (request) => {
      asked.push(request);
      return ok(report);
    });
    expect(asked).toEqual([
      { files, tests: ['test/note.test.ts'], sources: ['src/note.ts'], more: [], limit: 40, seed: 1 },
    ]);
    expect(result?.isError).toBeUndefined();
    for (const part of [
      '9 candidates: 1 tests in 1 files',
      'miss 5; the new ones notice 3',
      'Counterexample: " "',
      'src/note.ts on: takes a callback',
      "=== test/generated/note.test.ts (notices 3 mutants)\nit('trims', () => {});",
    ])
      expect(result?.content).toContain(part);
  });

  it.each([
    ['{"path":"docs/"}', 'There is no code at docs/'],
    ['{"path":"test/note.test.ts"}', 'There is no code at test/note.test.ts'],
    ['{}', 'path'],
    ['{"path":"src","limit":1000}', 'limit'],
    ['{"path":"src","more":1}', 'more'],
  ])('refuses %s', async (argumentsJson, reason) => {
    const result = await call(argumentsJson, async () => ok(report));
    expect(result).toMatchObject({ isError: true, content: expect.stringContaining(reason) });
  });

  it('says why nothing could be generated', async () => {
    const detail = 'The suite must pass first';
    const result = await call('{"path":"src/"}', async () => err({ type: 'resource.conflict', detail }));
    expect(result).toEqual({ isError: true, content: detail });
  });
});
