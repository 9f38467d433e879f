/**
 * Drives an app over HTTP as a person without scripts would: visits, follows links, fills in and sends forms, and looks
 * at what is there. Cookies and redirects are kept to; addresses outside of the app are not followed.
 */
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AppRequest, AppResponse, DriveReport, DriveStep } from '../../../shared/rpc/sandbox.ts';
import { Page, type Submission } from './page.ts';

/** One request to the app. */
export type Send = (request: Pick<AppRequest, 'method' | 'path' | 'headers' | 'body'>) => Promise<Result<AppResponse>>;

const maxRedirects = 5;
const maxNotes = 20;
const origin = 'http://app.invalid';

class Stopped extends Error {}

const stop = (reason: string): never => {
  throw new Stopped(reason);
};

class Driver {
  readonly #send: Send;
  readonly #cookies = new Map<string, string>();
  readonly #unrun = new Map<string, number>();
  #page: Page | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  get page(): Page | undefined {
    return this.#page;
  }

  /** What a browser would have done besides. */
  get notes(): readonly string[] {
    return [...this.#unrun]
      .map(([path, count]) => `${String(count)} scripts of ${path} were not run`)
      .slice(0, maxNotes);
  }

  /** Does a step and says in a few words what came of it. */
  async take(step: DriveStep): Promise<string> {
    switch (step.action) {
      case 'visit':
        return this.#go({ method: 'GET', path: step.path, fields: [] });
      case 'click': {
        const link = this.#here().link(step.target);
        return link.ok
          ? this.#go({ method: 'GET', path: link.value, fields: [] })
          : this.#submit(step.target, link.reason);
      }
      case 'fill': {
        const filled = this.#here().fill(step.field, step.value);
        return filled.ok ? `"${step.field}" is "${step.value}"` : stop(filled.reason);
      }
      case 'submit':
        return this.#submit(step.button, '');
      case 'expect_status':
        return this.#here().status === step.status
          ? `the status is ${String(step.status)}`
          : stop(`expected status ${String(step.status)}, found ${String(this.#here().status)}`);
      case 'expect_text':
        return this.#here().text.includes(step.text)
          ? `there is "${step.text}"`
          : stop(`expected the text "${step.text}", found: ${this.#here().text.slice(0, 500)}`);
      case 'expect_no_text':
        return this.#here().text.includes(step.text)
          ? stop(`expected no text "${step.text}", and it is there`)
          : `there is no "${step.text}"`;
      case 'expect_element': {
        const count = this.#here().count(step.selector);
        if (!count.ok) return stop(count.reason);
        return count.value > 0
          ? `${String(count.value)} elements fit ${step.selector}`
          : stop(`expected an element ${step.selector}, found none`);
      }
    }
  }

  #here(): Page {
    return this.#page ?? stop('no page is open: visit one first');
  }

  #submit(button: string | undefined, otherwise: string): Promise<string> {
    const submission = this.#here().submission(button);
    if (submission.ok) return this.#go(submission.value);
    return stop(otherwise === '' ? submission.reason : `${otherwise}; and ${submission.reason}`);
  }

  async #go(submission: Submission): Promise<string> {
    let { method } = submission;
    let url = this.#resolve(submission.path);
    const form = new URLSearchParams(submission.fields.map(([name, value]) => [name, value]));
    if (method === 'GET' && submission.fields.length > 0) url.search = form.toString();
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const path = url.pathname + url.search;
      const isPost = method === 'POST';
      const answer = await this.#send({
        method,
        path,
        headers: {
          accept: 'text/html',
          ...this.#cookieHeader(),
          ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(isPost ? { body: form.toString() } : {}),
      });
      if (!answer.ok) return stop(answer.error.detail);
      const { status, headers, body } = answer.value;
      this.#keepCookies(headers['set-cookie']);
      const location = status >= 300 && status < 400 ? headers['location'] : undefined;
      if (location === undefined) {
        this.#page = new Page(path, status, headers['content-type'] ?? '', body);
        if (this.#page.scripts > 0) this.#unrun.set(path, this.#page.scripts);
        return `${String(status)} ${path}${this.#page.title === '' ? '' : ` "${this.#page.title}"`}`;
      }
      url = this.#resolve(location, path);
      if (status !== 307 && status !== 308) method = 'GET';
    }
    return stop(`there were more than ${String(maxRedirects)} redirects`);
  }

  #resolve(path: string, from = this.#page?.path ?? '/'): URL {
    let url: URL;
    try {
      url = new URL(path, origin + from);
    } catch {
      return stop(`"${path.slice(0, 200)}" is no address`);
    }
    return url.origin === origin ? url : stop(`${url.href} is outside of the app`);
  }

  #cookieHeader(): Record<string, string> {
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') };
  }

  /** Several cookies come joined by commas, which also stand in dates. */
  #keepCookies(header: string | undefined): void {
    for (const cookie of header?.split(/,(?=\s*[^;,\s]+=)/u) ?? []) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const isGone = attributes.some((attribute) => /^max-age=(?:0|-\d+)$/iu.test(attribute));
      if (isGone) this.#cookies.delete(pair.slice(0, at));
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

/** Takes the steps in order up to the first that fails. */
export async function drive(send: Send, steps: readonly DriveStep[]): Promise<Result<DriveReport>> {
  const driver = new Driver(send);
  const taken: string[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      taken.push(await driver.take(step));
    } catch (cause) {
      if (!(cause instanceof Stopped)) {
        const detail = `The page could not be read: ${cause instanceof Error ? cause.message : 'no reason given'}`;
        return err({ type: 'internal', detail });
      }
      const failed = { step: index + 1, action: step.action, reason: cause.message };
      return ok({ taken, failed, page: driver.page?.describe() ?? '', notes: driver.notes });
    }
  }
  return ok({ taken, page: driver.page?.describe() ?? '', notes: driver.notes });
}
