/** A repository of three files, which also says back what reached it over HTTP. */
import { DurableObject } from 'cloudflare:workers';
import { err, ok } from '../../../shared/errors/result.ts';
import type { FileEntry, RepositoryRpc } from '../../../shared/rpc/repository.ts';

const contents: Readonly<Record<string, string>> = {
  'README.md': '# Read me\n',
  'src/deep/inner.ts': 'export {};\n',
  'src/index.ts': 'export const one = 1;\n',
};

const oid = 'a'.repeat(40);
const commit = {
  oid,
  message: 'First',
  author: { name: 'A', email: 'a@example.com' },
  committedAt: 1,
  parents: [],
};

export class FakeRepository
  extends DurableObject
  implements Pick<RepositoryRpc, 'readFile' | 'listFiles' | 'log' | 'diff' | 'branches'>
{
  override async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    return Response.json({
      name: this.ctx.id.name,
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
  }

  async readFile(query: { readonly ref: string; readonly path: string }): ReturnType<RepositoryRpc['readFile']> {
    const content = contents[query.path];
    return content === undefined || query.ref !== 'main'
      ? err({ type: 'resource.not_found', detail: 'There is no such file.' })
      : ok({ content, oid });
  }

  async listFiles(query: { readonly prefix?: string }): ReturnType<RepositoryRpc['listFiles']> {
    const files: FileEntry[] = Object.entries(contents)
      .filter(([path]) => path.startsWith(query.prefix ?? ''))
      .map(([path, content]) => ({ path, oid, sizeBytes: content.length }));
    return ok({ files });
  }

  async log(): ReturnType<RepositoryRpc['log']> {
    return ok([commit]);
  }

  async diff(): ReturnType<RepositoryRpc['diff']> {
    return ok([{ path: 'README.md', status: 'added', patch: '+# Read me\n' }]);
  }

  async branches(): ReturnType<RepositoryRpc['branches']> {
    return [{ name: 'main', head: oid, uncommittedChanges: 0 }];
  }
}
