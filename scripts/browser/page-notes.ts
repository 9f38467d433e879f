/** What goes by while an app is driven and is no step: complaints of its pages, failed requests, dialogs, downloads. */
import type { BrowserContext, Frame, Page, Request, Response } from 'playwright-core';

const maxNotes = 40;
const maxCharacters = 300;

/** Undefined for the first document of a new window, which comes before its frame. */
const frameOf = (request: Request): Frame | undefined => {
  try {
    return request.frame();
  } catch {
    // Playwright has no other way to ask.
    return undefined;
  }
};

/** Keeps the first notes, each once. */
export class PageNotes {
  readonly #notes = new Set<string>();
  readonly #origin: string;
  readonly #statuses = new WeakMap<Page, number>();
  /** By address, of documents that came before their window. */
  readonly #early = new Map<string, number>();

  constructor(context: BrowserContext, origin: string) {
    this.#origin = origin;
    context.on('console', (message) => {
      // What could not be loaded is told by its request, with its address.
      const isRepeat = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isRepeat) this.add(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => this.add(`uncaught: ${error.error().message}`));
    context.on('response', (response) => this.#see(response));
    context.on('requestfailed', (request) => {
      if (!request.url().startsWith(`${origin}/`)) return;
      this.add(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ''}`);
    });
    context.on('dialog', (dialog) => {
      const isAccepted = dialog.type() !== 'prompt';
      this.add(`${dialog.type()} "${dialog.message()}" was ${isAccepted ? 'accepted' : 'dismissed'}`);
      const answered = isAccepted ? dialog.accept() : dialog.dismiss();
      // The page went before it could be answered.
      answered.catch(() => undefined);
    });
  }

  /** The status of the document that a page shows; 0 before the first. */
  statusOf(page: Page): number {
    return this.#statuses.get(page) ?? this.#early.get(page.url()) ?? 0;
  }

  add(note: string): void {
    const text = note.replaceAll(this.#origin, '').replaceAll(/\s+/gu, ' ').trim().slice(0, maxCharacters);
    if (this.#notes.size < maxNotes) this.#notes.add(text);
  }

  list(): readonly string[] {
    return [...this.#notes];
  }

  watch(page: Page): void {
    page.on('download', (download) => {
      this.add(`refused: the download of ${download.url()}`);
      // It is gone with its browser in any case.
      download.cancel().catch(() => undefined);
    });
  }

  #see(response: Response): void {
    const request = response.request();
    const status = response.status();
    if (request.isNavigationRequest()) {
      const frame = frameOf(request);
      const isRedirect = status >= 300 && status < 400;
      if (isRedirect || (frame !== undefined && frame.parentFrame() !== null)) return;
      if (frame === undefined) this.#early.set(response.url(), status);
      else this.#statuses.set(frame.page(), status);
    } else if (status >= 400 && response.url().startsWith(`${this.#origin}/`)) {
      this.add(`failed: ${request.method()} ${response.url()} ${String(status)}`);
    }
  }
}
