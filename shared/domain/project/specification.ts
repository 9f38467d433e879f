/** What can be said of a specification before anybody has read it: its format, its name, and whether it can be one. */
import { err, ok, type Result } from '../../errors/result.ts';

export interface SpecificationFacts {
  readonly format: 'markdown' | 'openapi';
  /** Where it is kept in the repository. */
  readonly path: string;
  readonly name: string;
}

/** Longest specification, in characters: it travels whole through events and model requests, which hold 1 MB of UTF-8. */
export const maxSpecificationLength = 300_000;

const maxNameLength = 80;

const isJsonDocument = (text: string): boolean =>
  text.startsWith('{') && /"(?:openapi|swagger)"\s*:/.test(text.slice(0, 20_000));

const isYamlDocument = (text: string): boolean => /^["']?(?:openapi|swagger)["']?\s*:/m.test(text.slice(0, 20_000));

const findTitle = (text: string, pattern: RegExp): string | undefined => {
  const title = pattern
    .exec(text.slice(0, 50_000))?.[1]
    ?.trim()
    .replace(/^["']|["'],?$/g, '');
  return title === undefined || title === '' ? undefined : title.slice(0, maxNameLength);
};

const refuse = (reason: string) =>
  err({
    type: 'spec.invalid' as const,
    detail: `The specification cannot be used: it ${reason}.`,
    issues: [{ field: 'specification', reason }],
  });

/** The facts, or why the text cannot be a specification at all. */
export const inspectSpecification = (text: string): Result<SpecificationFacts> => {
  const trimmed = text.trimStart();
  if (trimmed === '')
    return refuse('is empty; describe the resources, fields and rules of the product, or give an OpenAPI document');
  if (text.length > maxSpecificationLength) {
    return refuse(`is ${text.length} characters long; at most ${maxSpecificationLength} are read`);
  }
  if (text.includes('\u0000') || !text.isWellFormed()) return refuse('holds binary data; give it as UTF-8 text');
  if (isJsonDocument(trimmed)) {
    return ok({
      format: 'openapi',
      path: 'spec/openapi.json',
      name: findTitle(trimmed, /"title"\s*:\s*"((?:[^"\\]|\\.){1,200})"/) ?? 'API',
    });
  }
  if (isYamlDocument(trimmed)) {
    return ok({
      format: 'openapi',
      path: 'spec/openapi.yaml',
      name: findTitle(trimmed, /^\s+title\s*:\s*(.{1,200})$/m) ?? 'API',
    });
  }
  return ok({
    format: 'markdown',
    path: 'SPEC.md',
    name: findTitle(trimmed, /^#{1,6}\s+(.{1,200})$/m) ?? 'Application',
  });
};
