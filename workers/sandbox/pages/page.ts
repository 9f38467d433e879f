/** One page of an app as a person without scripts sees it: its text, its links, its forms. Parsed as HTML says (parse5). */
import { load, type CheerioAPI } from 'cheerio';

const maxTextCharacters = 4_000;

/** Where a form or link leads, and with what. */
export interface Submission {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

type Found<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

const notFound = (reason: string): Found<never> => ({ ok: false, reason });
const normal = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'there are none'
    : `there are ${names
        .slice(0, 20)
        .map((name) => `"${name}"`)
        .join(', ')}`;

type Elements = ReturnType<CheerioAPI>;

export class Page {
  readonly path: string;
  readonly status: number;
  readonly #dom: CheerioAPI;
  readonly #isHtml: boolean;
  readonly #source: string;

  constructor(path: string, status: number, contentType: string, body: string) {
    this.path = path;
    this.status = status;
    this.#isHtml = /html/iu.test(contentType);
    this.#source = body;
    this.#dom = load(this.#isHtml ? body : '');
  }

  get title(): string {
    return normal(this.#dom('title').first().text());
  }

  /** What can be read on the page, without scripts and styles; of an answer that is no HTML, all of it. */
  get text(): string {
    if (!this.#isHtml) return this.#source;
    const body = this.#dom('body').clone();
    body.find('script, style, template, [hidden]').remove();
    body.find('br, p, div, li, tr, h1, h2, h3, h4, h5, h6, section, article, header, footer, form, label').append(' ');
    return normal(body.text());
  }

  /** How many scripts the page has; none of them is run. */
  get scripts(): number {
    return this.#dom('script:not([type]), script[type=module], script[type*=javascript]').length;
  }

  /** How many elements fit a CSS selector. */
  count(selector: string): Found<number> {
    try {
      return { ok: true, value: this.#dom(selector).length };
    } catch (error) {
      return notFound(`the selector cannot be read: ${error instanceof Error ? error.message : 'no reason given'}`);
    }
  }

  /** Where a link of this text or selector leads. */
  link(target: string): Found<string> {
    const links = this.#dom('a[href]')
      .toArray()
      .map((element) => this.#dom(element));
    const found = links.find((link) => normal(link.text()) === target) ?? this.#select('a[href]', target);
    const href = found?.attr('href');
    return href === undefined
      ? notFound(`there is no link "${target}"; ${list(links.map((link) => normal(link.text())))}`)
      : { ok: true, value: href };
  }

  /** Puts a value into a field that is named by its label, name, id or placeholder. */
  fill(field: string, value: string): Found<true> {
    const found = this.#field(field);
    if (found === undefined) return notFound(`there is no field "${field}"; ${list(this.#fieldNames())}`);
    if (found.is('select')) return this.#choose(found, value);
    if (found.is('[type=checkbox], [type=radio]')) return this.#tick(found, value);
    if (found.is('textarea')) found.text(value);
    else found.attr('value', value);
    return { ok: true, value: true };
  }

  /** What pressing a button sends; without a name, the one form of the page is sent. */
  submission(button: string | undefined): Found<Submission> {
    const $ = this.#dom;
    const buttons = $('button:not([type=button]):not([type=reset]), input[type=submit]')
      .toArray()
      .map((each) => $(each));
    const labelOf = (each: Elements): string => normal(each.text()) || (each.attr('value') ?? '');
    const pressed =
      button === undefined
        ? undefined
        : (buttons.find((each) => labelOf(each) === button) ?? this.#select('button, input[type=submit]', button));
    if (button !== undefined && pressed === undefined) {
      return notFound(`there is no button "${button}"; ${list(buttons.map(labelOf))}`);
    }
    const forms = $('form');
    if (pressed === undefined && forms.length !== 1) {
      return notFound(`there are ${String(forms.length)} forms here: name the button`);
    }
    const form = pressed === undefined ? forms.first() : pressed.closest('form');
    if (form.length === 0) return notFound(`the button "${button ?? ''}" belongs to no form`);
    const missing = form
      .find('[required]')
      .toArray()
      .map((each) => $(each))
      .find((each) => (each.val() ?? '') === '');
    if (missing !== undefined) return notFound(`the field "${this.#nameOf(missing)}" is required and empty`);
    const sent = form.serializeArray().map(({ name, value }) => [name, value] as const);
    const name = pressed?.attr('name');
    const own = name === undefined || pressed === undefined ? [] : [[name, pressed.attr('value') ?? ''] as const];
    const method =
      (pressed?.attr('formmethod') ?? form.attr('method') ?? 'get').toUpperCase() === 'POST' ? 'POST' : 'GET';
    const path = pressed?.attr('formaction') ?? form.attr('action') ?? this.path;
    return { ok: true, value: { method, path: path === '' ? this.path : path, fields: [...sent, ...own] } };
  }

  /** The page in a few lines: what a model needs to go on. */
  describe(): string {
    const $ = this.#dom;
    const links = $('a[href]')
      .toArray()
      .map((each) => `${normal($(each).text())} -> ${$(each).attr('href') ?? ''}`);
    const text = this.text;
    return [
      `${String(this.status)} ${this.path}${this.title === '' ? '' : ` "${this.title}"`}`,
      `text: ${text.length <= maxTextCharacters ? text : `${text.slice(0, maxTextCharacters)}…`}`,
      ...(links.length === 0 ? [] : [`links: ${links.slice(0, 50).join('; ')}`]),
      ...(this.#fieldNames().length === 0 ? [] : [`fields: ${this.#fieldNames().slice(0, 50).join('; ')}`]),
    ].join('\n');
  }

  #select(among: string, selector: string): Elements | undefined {
    const count = this.count(selector);
    if (!count.ok || count.value === 0) return undefined;
    const found = this.#dom(selector).filter(among).first();
    return found.length === 0 ? undefined : found;
  }

  #fields(): readonly Elements[] {
    const $ = this.#dom;
    return $('input:not([type=hidden]):not([type=submit]):not([type=button]), textarea, select')
      .toArray()
      .map((each) => $(each));
  }

  #nameOf(field: Elements): string {
    const id = field.attr('id');
    const label =
      id === undefined
        ? ''
        : normal(
            this.#dom('label')
              .filter((_, each) => each.attribs['for'] === id)
              .first()
              .text(),
          );
    const around = normal(field.closest('label').clone().children().remove().end().text());
    return label || around || field.attr('aria-label') || field.attr('name') || id || field.attr('placeholder') || '';
  }

  #fieldNames(): readonly string[] {
    return this.#fields().map((field) => this.#nameOf(field));
  }

  #field(wanted: string): Elements | undefined {
    const fields = this.#fields();
    return (
      fields.find((field) => this.#nameOf(field) === wanted) ??
      fields.find((field) => [field.attr('name'), field.attr('id'), field.attr('placeholder')].includes(wanted))
    );
  }

  #choose(field: Elements, value: string): Found<true> {
    const options = field
      .find('option')
      .toArray()
      .map((each) => this.#dom(each));
    const chosen = options.find((option) => normal(option.text()) === value || option.attr('value') === value);
    if (chosen === undefined) {
      return notFound(`"${value}" cannot be chosen; ${list(options.map((option) => normal(option.text())))}`);
    }
    for (const option of options) option.removeAttr('selected');
    chosen.attr('selected', 'selected');
    return { ok: true, value: true };
  }

  #tick(field: Elements, value: string): Found<true> {
    const name = field.attr('name') ?? '';
    if (field.is('[type=radio]')) {
      for (const other of this.#fields())
        if (other.is('[type=radio]') && other.attr('name') === name) other.removeAttr('checked');
    }
    if (/^(?:off|false|no|)$/u.test(value)) field.removeAttr('checked');
    else field.attr('checked', 'checked');
    return { ok: true, value: true };
  }
}
