import { createRoute } from '@hono/zod-openapi';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { FileEntry, RepositoryRpc } from '../../../../shared/rpc/repository.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { treeQuery, treeSchema } from '../../../../shared/schemas/repository.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/tree',
  tags: ['files'],
  summary: 'List what lies directly in a folder',
  ...secured('file.read'),
  request: { params: projectPath, query: treeQuery },
  responses: { 200: jsonResponse('The folder, folders first.', treeSchema), ...problemResponses },
});

interface Entry {
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes?: number;
}

const pageSize = 1_000;
/** A bound on the work of one request; a repository beyond it is listed by `files`, page by page. */
const maxPages = 20;

const allFiles = async (
  repository: Pick<RepositoryRpc, 'listFiles'>,
  ref: string,
  prefix: string,
): Promise<Result<FileEntry[]>> => {
  const files: FileEntry[] = [];
  let after: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const listed = await repository.listFiles({
      ref,
      limit: pageSize,
      ...(prefix === '' ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    if (!listed.ok) return listed;
    files.push(...listed.value.files);
    after = listed.value.next;
    if (after === undefined) break;
  }
  return ok(files);
};

const entriesOf = (files: readonly FileEntry[], prefix: string): Entry[] => {
  const entries = new Map<string, Entry>();
  for (const file of files.filter((entry) => entry.path.startsWith(prefix))) {
    const rest = file.path.slice(prefix.length);
    const slash = rest.indexOf('/');
    const name = slash === -1 ? rest : rest.slice(0, slash);
    if (slash === -1) entries.set(name, { name, kind: 'file', sizeBytes: file.sizeBytes });
    else entries.set(name, { name, kind: 'folder' });
  }
  const rank = (entry: Entry): string => `${entry.kind === 'folder' ? 0 : 1}${entry.name}`;
  return [...entries.values()].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
};

export const readTree = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, path } = context.req.valid('query');
  const prefix = path === '' ? '' : `${path}/`;
  const files = await askRepository(context, projectId, async (repository) => await allFiles(repository, ref, prefix));
  if (!files.ok) return problem(context, files.error);
  const entries = entriesOf(files.value, prefix);
  if (entries.length === 0 && path !== '') return problem(context, notFound('folder'));
  return context.json({ ref, path, entries }, 200);
});
