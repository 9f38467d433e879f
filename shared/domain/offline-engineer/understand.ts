/** From the text of a specification to what would be built, or to the sentences that are not understood. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { Misunderstanding } from './app-model.ts';
import type { Blueprint } from './blueprint.ts';
import { createBlueprint } from './generator/index.ts';
import { readMarkdownSpec } from './markdown/index.ts';
import { withSpecifiedCriteria } from './specified-criteria.ts';
import { createApiBlueprint, looksLikeOpenApi, readOpenApiSpec } from './openapi/index.ts';

type Understanding = Result<Blueprint, readonly Misunderstanding[]>;

const derive = (specification: string): Understanding => {
  if (looksLikeOpenApi(specification)) {
    const api = readOpenApiSpec(specification);
    return api.ok ? ok(createApiBlueprint(api.value)) : api;
  }
  const model = readMarkdownSpec(specification);
  return model.ok ? ok(withSpecifiedCriteria(createBlueprint(model.value), specification)) : err(model.error);
};

const rememberedCount = 32;
const remembered = new Map<string, Understanding>();

/** The same text gives the same answer; the last few are remembered, because every turn of every agent asks again. */
export const understand = (specification: string): Understanding => {
  const known = remembered.get(specification);
  if (known !== undefined) return known;
  const understanding = derive(specification);
  const oldest = remembered.keys().next().value;
  if (remembered.size >= rememberedCount && oldest !== undefined) remembered.delete(oldest);
  remembered.set(specification, understanding);
  return understanding;
};
