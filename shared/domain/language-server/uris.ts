/** Between the addresses of an editor's documents and the paths of the repository. */

/** `rootUri` is what the editor calls the root of the repository; absent: `file:///`. */
export class DocumentUris {
  readonly #root: string;

  constructor(rootUri: string | undefined) {
    const root = rootUri ?? 'file:///';
    this.#root = root.endsWith('/') ? root : `${root}/`;
  }

  /** Undefined for a document outside of the root, or an address that cannot be read. */
  path(uri: string): string | undefined {
    const root = normalise(this.#root);
    const address = normalise(uri);
    if (root === undefined || address?.startsWith(root) !== true) return undefined;
    const path = address.slice(root.length);
    return path === '' || path.split('/').some((part) => part === '' || part === '.' || part === '..')
      ? undefined
      : path;
  }

  uri(path: string): string {
    return this.#root + path.split('/').map(encodeURIComponent).join('/');
  }
}

/** Editors escape differently (`%3A` or `:`), so addresses are compared without escapes. */
const normalise = (uri: string): string | undefined => {
  try {
    return decodeURIComponent(uri);
  } catch {
    // An escape that is no UTF-8 names no document of the repository.
    return undefined;
  }
};
