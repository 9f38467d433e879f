/** A file system in memory: as much of Node's as isomorphic-git asks for. */

class FileError extends Error {
  readonly code: string;

  constructor(code: string, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

interface Stat {
  readonly type: 'file' | 'dir';
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly uid: number;
  readonly gid: number;
  readonly dev: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export class MemoryFiles {
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>(['/']);

  readonly promises = {
    readFile: async (path: string, options?: string | { readonly encoding?: string }): Promise<Uint8Array | string> => {
      const content = this.#files.get(clean(path));
      if (content === undefined) throw new FileError('ENOENT', path);
      const encoding = typeof options === 'string' ? options : options?.encoding;
      return encoding === undefined ? content : Buffer.from(content).toString('utf8');
    },
    writeFile: async (path: string, content: Uint8Array | string): Promise<void> => {
      this.#requireFolder(parent(clean(path)));
      this.#files.set(clean(path), Buffer.from(content as string));
    },
    unlink: async (path: string): Promise<void> => {
      if (!this.#files.delete(clean(path))) throw new FileError('ENOENT', path);
    },
    readdir: async (path: string): Promise<string[]> => {
      const folder = clean(path);
      this.#requireFolder(folder);
      const all = [...this.#files.keys(), ...this.#folders].filter((name) => name !== '/' && parent(name) === folder);
      return all.map((name) => name.slice(name.lastIndexOf('/') + 1)).toSorted();
    },
    mkdir: async (path: string): Promise<void> => {
      const folder = clean(path);
      if (this.#folders.has(folder)) throw new FileError('EEXIST', path);
      this.#requireFolder(parent(folder));
      this.#folders.add(folder);
    },
    rmdir: async (path: string): Promise<void> => {
      if (!this.#folders.delete(clean(path))) throw new FileError('ENOENT', path);
    },
    stat: async (path: string): Promise<Stat> => this.#stat(path),
    lstat: async (path: string): Promise<Stat> => this.#stat(path),
    readlink: async (path: string): Promise<string> => {
      throw new FileError('EINVAL', path);
    },
    symlink: async (_target: string, path: string): Promise<void> => {
      throw new FileError('EPERM', path);
    },
  };

  #requireFolder(folder: string): void {
    if (!this.#folders.has(folder)) throw new FileError('ENOENT', folder);
  }

  #stat(path: string): Stat {
    const name = clean(path);
    const content = this.#files.get(name);
    if (content === undefined) this.#requireFolder(name);
    const type = content === undefined ? 'dir' : 'file';
    return {
      type,
      mode: type === 'dir' ? 0o40755 : 0o100644,
      size: content?.byteLength ?? 0,
      mtimeMs: 0,
      ctimeMs: 0,
      ino: 0,
      uid: 0,
      gid: 0,
      dev: 0,
      isFile: () => type === 'file',
      isDirectory: () => type === 'dir',
      isSymbolicLink: () => false,
    };
  }
}

const clean = (path: string): string => `/${path.split('/').filter(Boolean).join('/')}`;

const parent = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
