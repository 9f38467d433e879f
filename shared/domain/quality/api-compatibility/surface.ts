/**
 * The API that a version offers: its OpenAPI document when the repository holds one, otherwise the endpoints that its
 * code declares, of which only methods and paths are known.
 */
import { parseText } from '../../offline-engineer/openapi/read/text.ts';
import { isObject, objectIn, own, type JsonObject } from '../../offline-engineer/openapi/runtime/json.ts';

export interface ApiOperation {
  /** As written, for people: `GET /notes/{id}`. */
  readonly name: string;
  /** Absent when only the code tells of it. */
  readonly description?: { readonly operation: JsonObject; readonly path: JsonObject };
}

export interface ApiSurface {
  /** The file of the document, or `the code`. */
  readonly source: string;
  /** `info.version` of the document. */
  readonly version?: string;
  /** By method and path, the names of path parameters left out: they are nobody’s business outside. */
  readonly operations: ReadonlyMap<string, ApiOperation>;
  /** What references lead into. */
  readonly document: JsonObject;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

const keyOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/\{[^/{}]*\}|:[A-Za-z_]\w*|<[^/<>]*>/g, '{}').replace(/(.)\/+$/, '$1')}`;

/** Where a document of the product’s own API usually lies, the most usual first. */
const rank = (path: string): number => {
  const at = [
    /^openapi\./,
    /^(?:docs?|spec|api|public)\/openapi\./,
    /(?:^|\/)openapi\./,
    /(?:^|\/)swagger\./,
  ].findIndex((pattern) => pattern.test(path));
  return at === -1 || !/\.(?:json|ya?ml)$/.test(path) ? Number.POSITIVE_INFINITY : at;
};

/** The surface of the first document that can be read; undefined when there is none. */
const documentedApi = (files: Readonly<Record<string, string>>): ApiSurface | undefined => {
  const candidates = Object.keys(files)
    .filter((path) => Number.isFinite(rank(path)))
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
  for (const source of candidates) {
    const parsed = parseText(files[source] ?? '');
    if (!parsed.ok) continue;
    const { document } = parsed.value;
    if (own(document, 'openapi') === undefined && own(document, 'swagger') === undefined) continue;
    const operations = new Map<string, ApiOperation>();
    for (const [path, item] of Object.entries(objectIn(document, 'paths'))) {
      if (!isObject(item)) continue;
      for (const method of methods) {
        const operation = own(item, method);
        if (!isObject(operation)) continue;
        operations.set(keyOf(method, path), {
          name: `${method.toUpperCase()} ${path}`,
          description: { operation, path: item },
        });
      }
    }
    const version = own(objectIn(document, 'info'), 'version');
    return { source, document, operations, ...(typeof version === 'string' ? { version } : {}) };
  }
  return undefined;
};

/** The version that a `package.json` at the root says. */
export const packageVersion = (files: Readonly<Record<string, string>>): string | undefined => {
  try {
    const manifest: unknown = JSON.parse(files['package.json'] ?? '{}');
    const version = isObject(manifest) ? own(manifest, 'version') : undefined;
    return typeof version === 'string' ? version : undefined;
  } catch {
    // A manifest that is no JSON says no version; the type check and the build complain of it.
    return undefined;
  }
};

/** What a version offers; `endpoints` are those that its code declares. */
export const apiSurface = (
  files: Readonly<Record<string, string>>,
  endpoints: readonly { readonly method: string; readonly path: string }[],
): ApiSurface =>
  documentedApi(files) ?? {
    source: 'the code',
    document: {},
    operations: new Map(
      endpoints.map(({ method, path }) => [keyOf(method, path), { name: `${method.toUpperCase()} ${path}` }]),
    ),
  };
