/** The tree of one request: its files with their facts and texts, and what is still missing of them. */
import type { FileFacts, FileStructure } from '../../../shared/domain/code/facts.ts';
import { extensionOf, languageOf } from '../../../shared/domain/code/language.ts';
import { manifestKind } from '../../../shared/domain/code/manifest.ts';
import type { CodeRequest } from '../../../shared/rpc/code.ts';
import type { FileEntry } from '../../../shared/rpc/repository.ts';
import type { TypeScript } from '../check/typescript.ts';
import { blobs } from './blob-store.ts';
import { isTreeLanguage, longestReadBytes, readFacts, readStructure, unreadFacts } from './file-facts.ts';
import { prepareLanguage } from './tree/parse.ts';

const noText = Symbol('no text');

/** Ids of blobs that are known to be no text. */
const textless = new Set<string>();

/** Facts depend on the content and on what the name makes of it. */
const factsKey = ({ path, oid }: FileEntry): string => `${oid} ${manifestKind(path) ?? extensionOf(path)}`;

/** How facts of one kind are remembered and read. */
interface KindOfFacts<Known> {
  readonly known: (key: string) => Known | undefined;
  readonly read: (ts: TypeScript, path: string, text: string, sizeBytes: number) => Known;
  readonly keep: (key: string, facts: Known) => void;
}

export class Workspace {
  readonly ts: TypeScript;
  /** By path, in the order of paths. */
  readonly files: ReadonlyMap<string, FileEntry>;
  /** Blobs that must be told before the question can be answered. */
  readonly needs = new Set<string>();
  readonly #overlay: ReadonlyMap<string, string>;

  constructor(ts: TypeScript, request: CodeRequest) {
    this.ts = ts;
    this.#overlay = new Map(Object.entries(request.overlay ?? {}));
    const files = new Map(request.files.map((file) => [file.path, file]));
    // A file that only the editor has; its length stands for its size, which is near enough for the limits.
    for (const [path, text] of this.#overlay) files.set(path, { path, oid: '', sizeBytes: text.length });
    this.files = new Map([...files].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
    for (const [oid, text] of Object.entries(request.texts ?? {})) {
      if (text === null) textless.add(oid);
      else blobs.keepText(oid, text);
    }
  }

  /** The text of a file; undefined when it is not there, is no text, or must be told first. */
  text(path: string): string | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    const found = this.#text(file);
    return typeof found === 'string' ? found : undefined;
  }

  /** Changes whenever the text does. */
  version(path: string): string {
    const text = this.#overlay.get(path);
    return text === undefined ? (this.files.get(path)?.oid ?? '') : `open ${hash(text)}`;
  }

  /** Facts of the files that are wanted; what is missing is noted in `needs`. */
  async facts(isWanted: (file: FileEntry) => boolean): Promise<Map<string, FileFacts>> {
    return await this.#ofWanted(isWanted, {
      known: (key) => blobs.facts(key),
      read: readFacts,
      keep: (key, facts) => blobs.keepFacts(key, facts),
    });
  }

  /** The same without what is measured, which is quicker. */
  async structures(isWanted: (file: FileEntry) => boolean): Promise<Map<string, FileStructure>> {
    return await this.#ofWanted<FileStructure>(isWanted, {
      known: (key) => blobs.structure(key),
      read: readStructure,
      keep: (key, structure) => blobs.keepStructure(key, structure),
    });
  }

  async #ofWanted<Known>(
    isWanted: (file: FileEntry) => boolean,
    kind: KindOfFacts<Known>,
  ): Promise<Map<string, Known | FileFacts>> {
    const found = new Map<string, Known | FileFacts>();
    for (const [path, file] of this.files) {
      if (!isWanted(file)) continue;
      const known = await this.#ofFile(file, kind);
      if (known !== undefined) found.set(path, known);
    }
    return found;
  }

  async #ofFile<Known>(file: FileEntry, kind: KindOfFacts<Known>): Promise<Known | FileFacts | undefined> {
    const isOpen = this.#overlay.has(file.path);
    const known = isOpen ? undefined : kind.known(factsKey(file));
    if (known !== undefined) return known;
    const text = this.#text(file);
    if (text === undefined) return undefined;
    if (text === noText) return unreadFacts(file.sizeBytes);
    const language = languageOf(file.path);
    if (isTreeLanguage(language)) await prepareLanguage(language);
    const facts = kind.read(this.ts, file.path, text, file.sizeBytes);
    if (!isOpen) kind.keep(factsKey(file), facts);
    return facts;
  }

  #text(file: FileEntry): string | typeof noText | undefined {
    const open = this.#overlay.get(file.path);
    if (open !== undefined) return open;
    if (file.sizeBytes > longestReadBytes || textless.has(file.oid)) return noText;
    const text = blobs.text(file.oid);
    if (text === undefined) this.needs.add(file.oid);
    return text;
  }
}

/** FNV-1a over the text with its length: tells two states of one open file apart. */
const hash = (text: string): string => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return `${text.length.toString(36)}-${(value >>> 0).toString(36)}`;
};
