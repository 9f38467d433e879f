/**
 * Takes the steps of a drive in a page. Means the same as the driver over HTTP (`workers/sandbox/pages`), with the
 * page's scripts run, and with some patience: what is expected may come a few seconds later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { DriveStep } from '../../shared/rpc/sandbox.ts';
import type { PageNotes } from './page-notes.ts';
import { buttons, clickable, clickableNames, countOf, fieldNames, fields, invalidField, sender } from './page-parts.ts';

/** A step that cannot be taken or does not find what it expects. */
export class StepFailed extends Error {}

export interface DriverParts {
  /** The page that a person would look at: the last one that was opened. */
  readonly page: () => Page;
  readonly notes: PageNotes;
  readonly origin: string;
  /** Requests to the app under way. */
  readonly pending: () => number;
  /** How long a part or a text is waited for. */
  readonly patienceMs: number;
}

const actionMs = 5_000;
const pollMs = 100;
/** A page counts as settled when nothing has been asked for so long. */
const quietMs = 150;
const settleMs = 3_000;
const maxTextCharacters = 4_000;
const maxOutlineCharacters = 8_000;

const normal = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();
const fail = (reason: string): never => {
  throw new StepFailed(reason);
};
const list = (names: readonly string[]): string =>
  names.length === 0 ? 'there are none' : `there are ${names.map((name) => `"${name}"`).join(', ')}`;
const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length)}…`);

export class PageDriver {
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** Does a step and says in a few words what came of it. Throws `StepFailed`, or what Playwright throws. */
  async take(step: DriveStep): Promise<string> {
    if (step.action !== 'visit' && this.#page.url() === 'about:blank') fail('no page is open: visit one first');
    switch (step.action) {
      case 'visit':
        return await this.#visit(step.path);
      case 'click':
        return await this.#click(step.target);
      case 'fill':
        return await this.#fill(step.field, step.value);
      case 'submit':
        return await this.#submit(step.button);
      case 'expect_status': {
        const status = this.#parts.notes.statusOf(this.#page);
        return status === step.status
          ? `the status is ${String(status)}`
          : fail(`expected status ${String(step.status)}, found ${String(status)}`);
      }
      case 'expect_text':
        return (await this.#comes(() => this.#shows(step.text)))
          ? `there is "${step.text}"`
          : fail(`expected the text "${step.text}", found: ${cut(await this.#text(), 500)}`);
      case 'expect_no_text':
        return (await this.#comes(async () => !(await this.#shows(step.text))))
          ? `there is no "${step.text}"`
          : fail(`expected no text "${step.text}", and it is there`);
      case 'expect_element':
        return await this.#expectElement(step.selector);
    }
  }

  /** The page in a few lines: what a model needs to go on. */
  async describe(): Promise<string> {
    if (this.#page.url() === 'about:blank') return '';
    const outline = await this.#page.locator('body').ariaSnapshot({ timeout: actionMs });
    return [
      await this.#where(),
      `text: ${cut(await this.#text(), maxTextCharacters)}`,
      'outline:',
      cut(outline, maxOutlineCharacters),
    ].join('\n');
  }

  get #page(): Page {
    return this.#parts.page();
  }

  async #visit(path: string): Promise<string> {
    const { origin } = this.#parts;
    const here = this.#page.url().startsWith(origin) ? this.#page.url() : `${origin}/`;
    if (!URL.canParse(path, here)) fail(`"${path.slice(0, 200)}" is no address`);
    const url = new URL(path, here);
    if (url.origin !== origin) fail(`${url.href.slice(0, 200)} is outside of the app`);
    await this.#page.goto(url.href, { waitUntil: 'domcontentloaded', timeout: 2 * actionMs });
    return await this.#settled();
  }

  async #click(target: string): Promise<string> {
    const found = await this.#find(() => clickable(this.#page, target));
    if (found === undefined) {
      return fail(`there is no link, button or text "${target}"; ${list(await clickableNames(this.#page))}`);
    }
    await this.#press(found);
    return await this.#settled();
  }

  async #press(part: Locator): Promise<void> {
    const invalid = invalidField(part);
    if ((await invalid.count()) > 0) {
      const name = (await invalid.getAttribute('name')) ?? (await invalid.getAttribute('id')) ?? '';
      const isEmpty = (await invalid.getAttribute('required')) !== null && (await invalid.inputValue()) === '';
      fail(`the field "${name}" is ${isEmpty ? 'required and empty' : 'not valid as it is filled in'}`);
    }
    await part.click({ timeout: actionMs });
  }

  async #submit(button: string | undefined): Promise<string> {
    if (button !== undefined) {
      const found = await this.#find(() => buttons(this.#page, button));
      if (found === undefined) return fail(`there is no button "${button}"; ${list(await clickableNames(this.#page))}`);
      await this.#press(found);
      return await this.#settled();
    }
    const forms = (): Locator => this.#page.locator('form');
    if (!(await this.#comes(async () => (await forms().count()) === 1))) {
      return fail(`there are ${String(await forms().count())} forms here: name the button`);
    }
    const own = sender(this.#page);
    if ((await own.count()) > 0) await this.#press(own);
    else await forms().locator('input').first().press('Enter', { timeout: actionMs });
    return await this.#settled();
  }

  async #fill(name: string, value: string): Promise<string> {
    const field = await this.#find(() => fields(this.#page, name));
    if (field === undefined) return fail(`there is no field "${name}"; ${list(await fieldNames(this.#page))}`);
    const type = (await field.getAttribute('type')) ?? '';
    if (type === 'file') return fail('files cannot be chosen');
    if ((await field.and(this.#page.locator('select')).count()) > 0) await this.#choose(field, value);
    else if (type === 'checkbox' || type === 'radio') {
      await field.setChecked(!/^(?:off|false|no|)$/u.test(value), { timeout: actionMs });
    } else await field.fill(value, { timeout: actionMs });
    return `"${name}" is "${value}"`;
  }

  async #choose(field: Locator, value: string): Promise<void> {
    const options = (await field.locator('option').allTextContents()).map(normal);
    const byText = options.indexOf(value);
    if (byText >= 0) {
      await field.selectOption({ index: byText }, { timeout: actionMs });
      return;
    }
    const values = await Promise.all((await field.locator('option').all()).map((each) => each.getAttribute('value')));
    if (!values.includes(value)) fail(`"${value}" cannot be chosen; ${list(options.slice(0, 20))}`);
    await field.selectOption({ value }, { timeout: actionMs });
  }

  async #expectElement(selector: string): Promise<string> {
    const found = (): Locator => this.#page.locator(`css=${selector}`);
    try {
      if (await this.#comes(async () => (await found().count()) > 0)) {
        return `${String(await found().count())} elements fit ${selector}`;
      }
    } catch (error) {
      if (error instanceof Error && /selector|parsing/iu.test(error.message)) fail('the selector cannot be read');
      throw error;
    }
    return fail(`expected an element ${selector}, found none`);
  }

  /** The first of the candidates that is there to be seen, asked anew each time since a window may open meanwhile; undefined when none comes. */
  async #find(candidates: () => readonly Locator[]): Promise<Locator | undefined> {
    let found: Locator | undefined;
    await this.#comes(async () => {
      for (const candidate of candidates()) {
        const visible = candidate.filter({ visible: true });
        if ((await countOf(visible)) === 0) continue;
        found = visible.first();
        return true;
      }
      return false;
    });
    return found;
  }

  /** Asks again and again until the answer is yes, or patience ends. */
  async #comes(question: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + this.#parts.patienceMs;
    for (;;) {
      if (await question()) return true;
      if (performance.now() > end) return false;
      await sleep(pollMs);
    }
  }

  /** In the page's words, or as they stand before the style sheet changes their case. */
  async #shows(text: string): Promise<boolean> {
    if ((await this.#text()).includes(normal(text))) return true;
    const pattern = new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`), 'u');
    return (await this.#page.getByText(pattern).filter({ visible: true }).count()) > 0;
  }

  async #text(): Promise<string> {
    const body = this.#page.locator('body');
    return (await body.count()) === 0 ? '' : normal(await body.innerText({ timeout: actionMs }));
  }

  async #where(): Promise<string> {
    const { pathname, search } = new URL(this.#page.url());
    const title = normal(await this.#page.title());
    const status = String(this.#parts.notes.statusOf(this.#page));
    return `${status} ${pathname}${search}${title === '' ? '' : ` "${title}"`}`;
  }

  async #settled(): Promise<string> {
    const end = performance.now() + settleMs;
    await this.#page.waitForLoadState('domcontentloaded', { timeout: 2 * actionMs });
    for (let quietSince = performance.now(); performance.now() < end; await sleep(30)) {
      if (this.#parts.pending() > 0) quietSince = performance.now();
      else if (performance.now() - quietSince >= quietMs) break;
    }
    const url = this.#page.url();
    const isOfApp = url.startsWith(`${this.#parts.origin}/`) || url === 'about:blank';
    return isOfApp ? await this.#where() : fail(`${cut(url, 200)} is outside of the app or could not be opened`);
  }
}
