/** Reads the files that tell how imports are resolved. Broken ones tell nothing. */
import { z } from 'zod';
import { CompilerPaths } from './compiler-paths.ts';
import type { Manifest } from './facts.ts';

const packageSchema = z.object({
  name: z.string().max(214).optional().catch(undefined),
  main: z.string().max(512).optional().catch(undefined),
  module: z.string().max(512).optional().catch(undefined),
});

const compilerSchema = z.object({
  extends: z
    .union([z.string().max(512), z.array(z.string().max(512)).max(20)])
    .optional()
    .catch(undefined),
  compilerOptions: z
    .object({
      baseUrl: z.string().max(512).optional().catch(undefined),
      paths: z
        .record(z.string(), z.array(z.string().max(512)).max(50))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Strings are kept, so that an address in one is no comment; commas before a closing bracket are dropped. */
const withoutComments = (text: string): string =>
  text
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g, (found) => (found.startsWith('"') ? found : ' '))
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g, (found) => (found === ',' ? '' : found));

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A manifest that is no JSON resolves nothing; the type check and the build report it.
    return undefined;
  }
};

/** Which kind of manifest a path is; undefined for every other file. */
export const manifestKind = (path: string): 'package' | 'compiler' | 'go' | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json') return 'package';
  if (/^[jt]sconfig(?:\.[\w.-]+)?\.json$/.test(name)) return 'compiler';
  return name === 'go.mod' ? 'go' : undefined;
};

/** The manifest in a file of that kind; longer ones than 256 K characters are not read. */
export const readManifest = (kind: 'package' | 'compiler' | 'go', text: string): Manifest | undefined => {
  if (text.length > 256 * 1024) return undefined;
  if (kind === 'go') {
    const name = /^module[ \t]+"?([^\s"]+)"?/m.exec(text)?.[1];
    return name === undefined ? undefined : { name };
  }
  if (kind === 'package') {
    const { data } = packageSchema.safeParse(parseJson(text));
    const main = data?.module ?? data?.main;
    return data?.name === undefined ? undefined : { name: data.name, ...(main === undefined ? {} : { main }) };
  }
  const { data } = compilerSchema.safeParse(parseJson(withoutComments(text)));
  if (data === undefined) return undefined;
  const { baseUrl, paths } = data.compilerOptions ?? {};
  const bases = typeof data.extends === 'string' ? [data.extends] : (data.extends?.toReversed() ?? []);
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(paths === undefined ? {} : { paths }),
    ...(bases.length === 0 ? {} : { extends: bases }),
  };
};

/** The aliases of a project's own configurations of TypeScript, and `everywhere` before them. */
export const readCompilerPaths = (
  files: ReadonlyMap<string, string>,
  everywhere?: NonNullable<Manifest['paths']>,
): CompilerPaths => {
  const manifests = [...files].flatMap(([path, text]) => {
    const isOwn = manifestKind(path) === 'compiler' && !path.includes('node_modules/') && typeof text === 'string';
    return isOwn ? [[path, { manifest: readManifest('compiler', text) }] as const] : [];
  });
  return new CompilerPaths(new Map(manifests), everywhere);
};
