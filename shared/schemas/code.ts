/** Questions about code, and their answers, as the API shows them. */
import { z } from 'zod';
import { limitSchema } from './paging.ts';
import { filePathSchema, folderSchema, refParameter, refSchema } from './repository.ts';

const count = z.number().int().nonnegative();
const language = z.enum(['typescript', 'javascript', 'python', 'go', 'java', 'rust', 'text', 'binary']);
const depth = z.enum(['parsed', 'plain']).meta({ description: '`plain`: only lines are known; `note` says why.' });
const resolution = z
  .enum(['types', 'names'])
  .meta({ description: 'By the type checker, or by names alone, so that two of one name are not told apart.' });
const partial = z.string().optional().meta({ description: 'Set when not all files were looked at, and says which.' });

const position = z
  .object({ line: count, column: count })
  .meta({ id: 'CodePosition', description: 'Both from 1; the column in UTF-16 code units.' });
const span = z.object({ start: position, end: position }).meta({ id: 'CodeSpan' });
const location = z.object({ path: z.string(), span }).meta({ id: 'CodeLocation' });

const symbol = z
  .object({
    name: z.string(),
    kind: z.string(),
    span,
    nameAt: position,
    container: z.string().optional(),
    exported: z.boolean(),
    documented: z.literal(true).optional(),
  })
  .meta({ id: 'CodeSymbol' });

const lines = z.object({ total: count, code: count, comment: count, blank: count });
const sums = z.object({ total: count, highest: count });

const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1 });

const pageOf = (usual: number, most: number) => ({ after: filePathSchema.optional(), limit: limitSchema(usual, most) });

const place = { ref: refParameter, path: filePathSchema, line: wholeNumber, column: wholeNumber };

export const refQuery = z.strictObject({ ref: refParameter });

export const outlineQuery = z.strictObject({
  ref: refParameter,
  path: filePathSchema.optional(),
  prefix: folderSchema.optional(),
  ...pageOf(100, 1_000),
});
export const outlineSchema = z
  .object({
    files: z
      .array(
        z.object({
          path: z.string(),
          language,
          depth,
          note: z.string().optional(),
          symbols: z.array(symbol).readonly(),
          syntaxProblems: z.array(z.object({ at: position, message: z.string() })).readonly(),
        }),
      )
      .readonly(),
    next: z.string().optional(),
  })
  .meta({ id: 'CodeOutline' });

export const symbolQuery = z.strictObject({
  ref: refParameter,
  text: z.string().min(1).max(200),
  limit: limitSchema(50, 500),
});
export const symbolListSchema = z
  .object({ symbols: z.array(symbol.extend({ path: z.string() })).readonly(), total: count })
  .meta({ id: 'CodeSymbolList' });

export const referenceQuery = z
  .strictObject({
    ref: refParameter,
    name: z.string().min(1).max(200).optional(),
    path: filePathSchema.optional(),
    line: wholeNumber.optional(),
    column: wholeNumber.optional(),
  })
  .refine(
    ({ name, path, line, column }) =>
      name === undefined
        ? path !== undefined && line !== undefined && column !== undefined
        : line === undefined && column === undefined,
    'give either a name (and perhaps the path it is declared in), or a path with line and column',
  );
export const referenceSchema = z
  .object({
    name: z.string(),
    resolution,
    definitions: z.array(location).readonly(),
    references: z.array(location).readonly(),
    partial,
  })
  .meta({ id: 'CodeReferences' });

export const importQuery = z.strictObject({ ref: refParameter, ...pageOf(500, 5_000) });
export const importSchema = z
  .object({
    files: z
      .array(
        z.object({
          path: z.string(),
          imports: z.array(z.string()).readonly(),
          external: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    missing: z.array(z.object({ from: z.string(), specifier: z.string(), line: count })).readonly(),
    next: z.string().optional(),
  })
  .meta({ id: 'CodeImports' });

export const callQuery = z.strictObject({ ref: refParameter, path: filePathSchema.optional(), ...pageOf(50, 200) });
export const callSchema = z
  .object({
    edges: z
      .array(
        z.object({
          from: z.object({ path: z.string(), function: z.string() }),
          at: position,
          to: z.object({ path: z.string(), name: z.string(), line: count }),
        }),
      )
      .readonly(),
    resolution,
    unresolved: count.meta({ description: 'Calls of libraries and of what is not known.' }),
    next: z.string().optional(),
    partial,
  })
  .meta({ id: 'CodeCalls' });

export const cycleSchema = z
  .object({ cycles: z.array(z.array(z.string()).readonly()).readonly() })
  .meta({ id: 'CodeCycles' });

export const limitQuery = z.strictObject({ ref: refParameter, limit: limitSchema(100, 1_000) });
export const deadExportSchema = z
  .object({
    exports: z
      .array(z.object({ path: z.string(), name: z.string(), line: count, usedBy: z.enum(['nothing', 'tests']) }))
      .readonly(),
    total: count,
  })
  .meta({ id: 'CodeDeadExports' });

export const impactQuery = z
  .strictObject({
    ref: refParameter,
    paths: z.string().min(1).max(20_000).optional().meta({ description: 'Changed files, separated by commas.' }),
    base: refSchema.optional().meta({ description: 'Instead: what differs from this branch or commit.' }),
  })
  .refine(({ paths, base }) => (paths === undefined) !== (base === undefined), 'give either paths or a base');
const reached = z.object({ path: z.string(), distance: count, via: z.string().optional() });
export const impactSchema = z
  .object({
    changed: z.array(z.string()).readonly(),
    unknown: z.array(z.string()).readonly(),
    files: z.array(reached).readonly(),
    tests: z.array(reached).readonly(),
    endpoints: z
      .array(z.object({ method: z.string(), path: z.string(), line: count, file: z.string(), distance: count }))
      .readonly(),
  })
  .meta({ id: 'CodeImpact' });

export const metricQuery = z.strictObject({
  ref: refParameter,
  prefix: folderSchema.optional(),
  ...pageOf(100, 1_000),
});
export const metricSchema = z
  .object({
    files: z
      .array(
        z.object({
          path: z.string(),
          language,
          depth,
          note: z.string().optional(),
          lines,
          functions: count,
          cyclomatic: sums,
          cognitive: sums,
          maintainability: z.number().optional(),
          changes: count.meta({ description: 'In how many of the commits that were looked at it changed.' }),
        }),
      )
      .readonly(),
    commits: count.meta({ description: 'How many commits `changes` is about.' }),
    next: z.string().optional(),
  })
  .meta({ id: 'CodeMetrics' });

export const functionQuery = z.strictObject({
  ref: refParameter,
  path: filePathSchema.optional(),
  limit: limitSchema(50, 1_000),
});
export const functionSchema = z
  .object({
    functions: z
      .array(
        z.object({
          path: z.string(),
          name: z.string(),
          span,
          cyclomatic: count,
          cognitive: count,
          parameters: count,
          lines: count,
        }),
      )
      .readonly(),
    total: count,
  })
  .meta({ id: 'CodeFunctions' });

const passage = z.object({ path: z.string(), startLine: count, endLine: count });
export const duplicationSchema = z
  .object({
    duplicates: z.array(z.object({ tokens: count, lines: count, first: passage, second: passage })).readonly(),
    duplicatedLines: count,
  })
  .meta({ id: 'CodeDuplication' });

export const diagnosticQuery = z.strictObject({
  ref: refParameter,
  path: filePathSchema.optional(),
  limit: limitSchema(200, 1_000),
});
export const diagnosticSchema = z
  .object({
    diagnostics: z
      .array(
        z.object({
          file: z.string(),
          line: count,
          column: count,
          code: z.string(),
          message: z.string(),
          severity: z.enum(['error', 'warning']),
        }),
      )
      .readonly(),
    partial,
  })
  .meta({ id: 'CodeDiagnostics' });

export const placeQuery = z.strictObject(place);
export const completionQuery = z.strictObject({ ...place, limit: limitSchema(100, 500) });
export const completionSchema = z
  .object({
    items: z
      .array(z.object({ name: z.string(), kind: z.string(), sortText: z.string(), insertText: z.string().optional() }))
      .readonly(),
    isIncomplete: z.boolean(),
  })
  .meta({ id: 'CodeCompletion' });

export const hoverSchema = z
  .object({ signature: z.string().optional(), documentation: z.string().optional(), span: span.optional() })
  .meta({ id: 'CodeHover' });

export const definitionSchema = z
  .object({ definitions: z.array(location).readonly(), resolution })
  .meta({ id: 'CodeDefinition' });

const edit = z.object({ span, newText: z.string() });
const fileEdits = z.object({ path: z.string(), edits: z.array(edit).readonly() }).meta({ id: 'CodeFileEdits' });

export const renameQuery = z.strictObject({ ...place, newName: z.string().min(1).max(200) });
export const renameSchema = z.object({ files: z.array(fileEdits).readonly(), partial }).meta({ id: 'CodeRename' });

export const formatQuery = z.strictObject({ ref: refParameter, path: filePathSchema });
export const formatSchema = z.object({ edits: z.array(edit).readonly() }).meta({ id: 'CodeFormat' });

export const fixQuery = z.strictObject({ ref: refParameter, path: filePathSchema, line: wholeNumber.optional() });
export const fixSchema = z
  .object({
    fixes: z.array(z.object({ title: z.string(), code: z.string(), files: z.array(fileEdits).readonly() })).readonly(),
  })
  .meta({ id: 'CodeFixes' });

/** Query of the language server's socket. */
export const languageServerQuery = z.strictObject({
  ref: refParameter,
  ticket: z
    .string()
    .max(512)
    .optional()
    .meta({ description: 'From `POST /api/tickets`, where no header can be sent.' }),
});
