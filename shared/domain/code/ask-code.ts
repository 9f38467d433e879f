/**
 * Asks the toolchain about the code of a branch or commit: lists the files, and reads what the toolchain has not seen
 * yet, batch by batch, until it can answer.
 */
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { CodeQuestion, CodeQuestions, CodeQuery, CodeReply } from '../../rpc/code.ts';
import type { FileEntry, RepositoryRpc } from '../../rpc/repository.ts';
import type { ToolchainRpc } from '../../rpc/toolchain.ts';

/** A larger tree is refused. */
export const mostFiles = 20_000;

/** Texts of one batch, in bytes, unless one file alone has more. */
const batchBytes = 4 * 1024 * 1024;
/** The toolchain is given up when it asks more often: it forgets as fast as it is told. */
const mostRounds = 200;
const pageSize = 5_000;

export interface CodeSource {
  readonly repository: Pick<RepositoryRpc, 'listFiles' | 'readTexts'>;
  readonly toolchain: Pick<ToolchainRpc, 'code'>;
  readonly ref: string;
  /** Texts of an editor, by path; they stand in for the files. */
  readonly overlay?: Readonly<Record<string, string>>;
  /** The files, when they are known already. */
  readonly files?: readonly FileEntry[];
  /** True once nobody waits for the answer. */
  readonly isOver?: () => boolean;
}

/** All files of a ref. */
export const listTree = async (
  repository: Pick<RepositoryRpc, 'listFiles'>,
  ref: string,
): Promise<Result<readonly FileEntry[]>> => {
  const files: FileEntry[] = [];
  let after: string | undefined;
  do {
    const page = await repository.listFiles({ ref, limit: pageSize, ...(after === undefined ? {} : { after }) });
    if (!page.ok) return page;
    files.push(...page.value.files);
    after = page.value.next;
  } while (after !== undefined && files.length <= mostFiles);
  if (files.length <= mostFiles) return ok(files);
  return err({
    type: 'request.too_large',
    detail: `The repository has more than ${mostFiles} files, which is more than are analysed.`,
  });
};

/** The answer to one question. */
export const askCode = async <Kind extends CodeQuestion>(
  source: CodeSource,
  query: Extract<CodeQuery, { readonly kind: Kind }>,
): Promise<Result<CodeQuestions[Kind]['answer']>> => {
  const listed = source.files === undefined ? await listTree(source.repository, source.ref) : ok(source.files);
  if (!listed.ok) return listed;
  const files = listed.value;
  const overlay = source.overlay === undefined ? {} : { overlay: source.overlay };
  let texts: Readonly<Record<string, string | null>> = {};
  let progress = '';
  for (let round = 0; round < mostRounds; round += 1) {
    if (source.isOver?.() === true) break;
    const reply: CodeReply = await source.toolchain.code({ files, ...overlay, texts, query });
    // SAFETY: the toolchain answers the question that it was asked.
    if (reply.status === 'answer') return ok(reply.answer as CodeQuestions[Kind]['answer']);
    if (reply.status === 'refused') return err(refusal(reply));
    progress = `${reply.ready} of ${reply.total} files are read`;
    const read = await readBatch(source, files, new Set(reply.oids));
    if (!read.ok) return read;
    texts = read.value;
  }
  return err({ type: 'service.timeout', detail: `The code is not analysed yet: ${progress}. Ask again to go on.` });
};

const refusal = ({ field, reason, isMissing }: Extract<CodeReply, { status: 'refused' }>): AppError => ({
  type: isMissing === true ? 'resource.not_found' : 'request.invalid',
  detail: `${field}: ${reason}.`,
  issues: [{ field, reason }],
});

/** Texts by blob, as many as fit into one batch. A file that changed meanwhile comes under its new id. */
const readBatch = async (
  { repository, ref }: CodeSource,
  files: readonly FileEntry[],
  wanted: ReadonlySet<string>,
): Promise<Result<Readonly<Record<string, string | null>>>> => {
  const paths: string[] = [];
  const asked = new Set<string>();
  let bytes = 0;
  for (const { path, oid, sizeBytes } of files) {
    if (!wanted.has(oid) || asked.has(oid)) continue;
    if (paths.length > 0 && bytes + sizeBytes > batchBytes) break;
    paths.push(path);
    asked.add(oid);
    bytes += sizeBytes;
    if (paths.length >= 1_000) break;
  }
  const read = await repository.readTexts({ ref, paths });
  if (!read.ok) return read;
  const texts: Record<string, string | null> = {};
  // What is not there any more reads as no text, so that the question comes to an end.
  for (const oid of asked) texts[oid] = null;
  for (const { oid, text } of read.value.texts) texts[oid] = text;
  return ok(texts);
};
