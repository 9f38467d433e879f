/** What the tests of the repository share: stubs, command ids, and a repository with some files in it. */

import { env } from 'cloudflare:test';
import type { Result } from '../../../shared/errors/result.ts';
import type { RepositoryReplayRpc } from '../../../shared/rpc/replay.ts';
import type { RepositoryRpc } from '../../../shared/rpc/repository.ts';
import type { RepositoryObject } from './worker.ts';

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- the runtime's types are extended by merging this namespace.
  namespace Cloudflare {
    interface Env {
      REPOSITORY: DurableObjectNamespace<RepositoryObject>;
    }
  }
}

export const author = { name: 'Ada Example', email: 'ada@example.com' };

let made = 0;
/** A text no other call answers. */
export const fresh = (what: string): string => {
  made += 1;
  return `${what}-${made}`;
};

/** The runtime's stub, for what the runtime's own test functions take. */
export const rawStub = (name: string): DurableObjectStub<RepositoryObject> => env.REPOSITORY.getByName(name);

/** A fresh stub: a stub stays broken after its object was aborted. */
export const repository = (
  name: string,
): RepositoryRpc & RepositoryReplayRpc & { fetch(request: Request): Promise<Response> } => rawStub(name);

/** The value, or an error that shows the refusal. */
export const must = async <Value>(pending: Promise<Result<Value>>): Promise<Value> => {
  const result = await pending;
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

export const sampleFiles: Readonly<Record<string, string>> = {
  'README.md': '# Sample\n',
  'src/app.ts': 'export const one = 1;\nexport const two = 2;\nexport const three = 3;\n',
  'src/deep/inner.ts': 'export {};\n',
};

/** The name of a new repository with these files on `main`. */
export const created = async (files: Readonly<Record<string, string>> = sampleFiles): Promise<string> => {
  const name = fresh('repository');
  await must(repository(name).create({ commandId: fresh('cmd'), name: 'sample', author, files }));
  return name;
};

/** Opens a branch from `main`. */
export const opened = async (name: string, branch: string, fencingToken = 1): Promise<void> => {
  await must(repository(name).openBranch({ commandId: fresh('cmd'), branch, from: 'main', fencingToken }));
};

/** Writes and commits on a branch; answers the commit's id. */
export const changed = async (
  name: string,
  branch: string,
  files: Readonly<Record<string, string | null>>,
  fencingToken = 1,
): Promise<string> => {
  const changes = Object.entries(files).map(([path, content]) => ({ path, content }));
  const stub = repository(name);
  await must(stub.write({ commandId: fresh('cmd'), branch, changes, fencingToken }));
  const message = `Change ${Object.keys(files).join(', ')}`;
  const commit = await must(stub.commit({ commandId: fresh('cmd'), branch, message, author, fencingToken }));
  return commit.oid;
};
