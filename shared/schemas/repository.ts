/** Files, commits and branches as the API shows them. */
import { z } from 'zod';

/** A branch name or commit id as git allows it, without what could be taken for an option or a path trick. */
export const refSchema = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(
    /^(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[A-Za-z0-9][A-Za-z0-9._/-]*(?<![./])$/,
    'must be a branch or a commit id',
  );

const segment = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u;

/** A relative path with forward slashes: no `..`, no empty part, no backslash, no drive. */
export const filePathSchema = z
  .string()
  .max(1_024, 'must have at most 1024 characters')
  .refine(
    (path) => !/^[A-Za-z]:/.test(path) && path.split('/').every((part) => segment.test(part)),
    'must be a relative path with forward slashes and without `.` or `..`',
  )
  .meta({ example: 'src/index.ts' });

/** The start of a path: as a file path, and a closing slash is allowed. */
export const folderSchema = z
  .string()
  .max(1_024, 'must have at most 1024 characters')
  .refine((path) => filePathSchema.safeParse(path.replace(/\/$/, '')).success, 'must be the start of a relative path')
  .meta({ example: 'src/' });

/** A reference in a query; absent: `main`. */
export const refParameter = refSchema
  .default('main')
  .meta({ default: 'main', description: 'A branch or a commit id.' });

export const fileListQuery = z.strictObject({
  ref: refParameter,
  prefix: folderSchema.optional(),
  after: filePathSchema.optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 1_000, 'must be from 1 to 1000')
    .optional(),
});

export const fileQuery = z.strictObject({ ref: refParameter, path: filePathSchema });

export const commitQuery = z.strictObject({
  ref: refParameter,
  after: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'must be a commit id')
    .optional(),
  limit: fileListQuery.shape.limit,
});

export const diffQuery = z.strictObject({ from: refSchema, to: refSchema });

export const fileListSchema = z
  .object({
    ref: z.string(),
    files: z.array(z.object({ path: z.string(), oid: z.string(), sizeBytes: z.number().int() })).readonly(),
    next: z.string().optional(),
  })
  .meta({ id: 'FileList' });

export const fileSchema = z
  .object({ ref: z.string(), path: z.string(), oid: z.string(), content: z.string() })
  .meta({ id: 'File' });

export const commitListSchema = z
  .object({
    commits: z
      .array(
        z.object({
          oid: z.string(),
          message: z.string(),
          author: z.object({ name: z.string(), email: z.string() }),
          committedAt: z.number(),
          parents: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'CommitList' });

export const diffSchema = z
  .object({
    files: z
      .array(z.object({ path: z.string(), status: z.enum(['added', 'modified', 'deleted']), patch: z.string() }))
      .readonly(),
  })
  .meta({ id: 'Diff' });

export const branchListSchema = z
  .object({
    branches: z
      .array(z.object({ name: z.string(), head: z.string(), uncommittedChanges: z.number().int() }))
      .readonly(),
  })
  .meta({ id: 'BranchList' });

/** A folder of the tree: what lies directly in it. */
export const treeSchema = z
  .object({
    ref: z.string(),
    path: z.string(),
    entries: z
      .array(z.object({ name: z.string(), kind: z.enum(['folder', 'file']), sizeBytes: z.number().int().optional() }))
      .readonly(),
  })
  .meta({ id: 'Tree' });

export const treeQuery = z.strictObject({ ref: refParameter, path: filePathSchema.or(z.literal('')).default('') });
