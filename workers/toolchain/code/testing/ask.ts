/** Asks about files in memory, through the same exchange as the gateway. */
import { askCode } from '../../../../shared/domain/code/ask-code.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { CodeQuestion, CodeQuestions, CodeQuery } from '../../../../shared/rpc/code.ts';
import { code } from '../code.ts';

/** Ids that depend on the content alone, as git's do. */
const idOf = async (content: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(content));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** The answer about these files; null stands for a binary one. */
export const askAbout = async <Kind extends CodeQuestion>(
  contents: Readonly<Record<string, string | null>>,
  query: Extract<CodeQuery, { readonly kind: Kind }>,
  overlay?: Readonly<Record<string, string>>,
): Promise<Result<CodeQuestions[Kind]['answer']>> => {
  const entries = await Promise.all(
    Object.entries(contents).map(async ([path, content]) => ({
      path,
      oid: await idOf(content ?? `binary ${path}`),
      sizeBytes: new TextEncoder().encode(content ?? '').byteLength,
    })),
  );
  const files = entries.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const oids = new Map(files.map(({ path, oid }) => [path, oid]));
  return await askCode<Kind>(
    {
      ref: 'main',
      toolchain: { code },
      repository: {
        listFiles: async () => ok({ files }),
        readTexts: async ({ paths }) =>
          ok({ texts: paths.map((path) => ({ path, oid: oids.get(path) ?? '', text: contents[path] ?? null })) }),
      },
      ...(overlay === undefined ? {} : { overlay }),
    },
    query,
  );
};

/** The value of an answer that must have come. */
export const answered = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};
