/** The index of advisories on this machine: where it lies, and how it is read and written. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { severities } from '../../shared/domain/security/finding.ts';
import { emptyIndex, type AdvisoryIndex } from '../../shared/domain/security/dependencies/advisories.ts';
import { repositoryRoot } from '../platform/state-folder.ts';

/** Not kept in the repository: it is as old as its last import. */
export const defaultIndexFile = join(repositoryRoot, '.aidevos', 'advisories.json');

const range = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last: z.string().optional(),
});

const indexSchema = z.object({
  format: z.literal(1),
  modified: z.string(),
  packages: z.record(
    z.string(),
    z.array(
      z.object({
        id: z.string(),
        aliases: z.array(z.string()),
        summary: z.string(),
        severity: z.enum(severities),
        cwe: z.array(z.number()),
        ranges: z.array(range),
        versions: z.array(z.string()),
      }),
    ),
  ),
});

/** @throws Error that says what is wrong with the file. A default file that is not there is an empty one. */
export const readIndex = (file: string): AdvisoryIndex => {
  if (!existsSync(file) && file === defaultIndexFile) return emptyIndex;
  const parsed = existsSync(file) ? indexSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  if (parsed?.success !== true)
    throw new Error(`${file} is no index of advisories. Make one: npm run advisories -- FOLDER`);
  // SAFETY: the schema has the shape of the type; only its absent ranges may also stand there as undefined.
  return parsed.data as AdvisoryIndex;
};
