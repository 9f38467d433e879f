/**
 * Rate limits as a variable says them: `key.requests=600, workspace.tokens=2000000, model.requests=300,
 * openai/gpt-5.requests=60`. All are for a minute.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { RateLimit, RateLimits, RateUnit } from './rate-limiter.ts';

const entryPattern = /^(key|workspace|model|[a-z0-9-]+\/\S+)\.(requests|tokens)\s*=\s*(\d{1,12})$/;

const isUnit = (text: string | undefined): text is RateUnit => text === 'requests' || text === 'tokens';

/** The limits, or what is wrong with which entry. */
export const parseRateLimits = (text: string): Result<RateLimits, string> => {
  const scopes: Record<string, RateLimit> = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, scope, unit, figure] = entryPattern.exec(entry) ?? [];
    if (scope === undefined || !isUnit(unit)) {
      return err(
        `"${entry.slice(0, 80)}" is not <scope>.<unit>=<number>: the scope is key, workspace, model or a model's name, the unit requests or tokens`,
      );
    }
    const limit = Number(figure);
    if (limit < 1) return err(`"${entry.slice(0, 80)}" must be at least 1`);
    if (scopes[scope]?.[unit] !== undefined) return err(`"${scope}.${unit}" is there twice`);
    scopes[scope] = { ...scopes[scope], [unit]: limit };
  }
  const { key, workspace, model, ...models } = scopes;
  return ok({
    models,
    ...(key === undefined ? {} : { key }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(model === undefined ? {} : { model }),
  });
};
