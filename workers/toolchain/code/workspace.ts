/** The tree of one request: its files with their facts and texts, and what is still missing of them. */
import type { FileFacts } from '../../../shared/domain/code/facts.ts';
import { extensionOf, languageOf } from '../../../shared/domain/code/language.ts';
import { manifestKind } from '../../../shared/domain/code/manifest.ts';
import type { CodeRequest } from '../../../shared/rpc/code.ts';
import type { FileEntry } from '../../../shared/rpc/repository.ts';
import type { TypeScript } from '../check/typescript.ts';
import { blobs } from './blob-store.ts';
import { isTreeLanguage, longestReadBytes, readFacts, unreadFacts } from './file-facts.ts';
import { prepareLanguage } from './tree/parse.ts';

const noText = Symbol('no text');

/** Ids of blobs that are known to be no text. */
const textless = new Set<string>();

/** Facts depend on the content and on what the name makes of it. */
const factsKey = ({ path, oid }: FileEntry): string => `${oid} ${manifestKind(path) ?? extensionOf(path)}`;

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
    const found = new Map<string, FileFacts>();
    for (const [path, file] of this.files) {
      if (!isWanted(file)) continue;
      const facts = await this.#facts(file);
      if (facts !== undefined) found.set(path, facts);
    }
    return found;
  }

  async #facts(file: FileEntry): Promise<FileFacts | undefined> {
    const isOpen = this.#overlay.has(file.path);
    const known = isOpen ? undefined : blobs.facts(factsKey(file));
    if (known !== undefined) return known;
    const text = this.#text(file);
    if (text === undefined) return undefined;
    if (text === noText) return unreadFacts(file.sizeBytes);
    const language = languageOf(file.path);
    if (isTreeLanguage(language)) await prepareLanguage(language);
    const facts = readFacts(this.ts, file.path, text, file.sizeBytes);
    if (!isOpen) blobs.keepFacts(factsKey(file), facts);
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
