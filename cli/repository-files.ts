/** The whole list of a repository's files, page by page. */
import { answerOf, type PlatformClient } from './api/client.ts';

export interface RepositoryFile {
  readonly path: string;
  readonly oid: string;
  readonly sizeBytes: number;
}

const pageSize = '1000';

export const listAllFiles = async (
  client: PlatformClient,
  projectId: string,
  ref: string,
  prefix?: string,
): Promise<readonly RepositoryFile[]> => {
  const files: RepositoryFile[] = [];
  let after: string | undefined;
  do {
    const query = {
      ref,
      limit: pageSize,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    };
    const page = await answerOf(client.api.projects[':projectId'].files.$get({ param: { projectId }, query }));
    files.push(...page.files);
    after = page.next;
  } while (after !== undefined);
  return files;
};
