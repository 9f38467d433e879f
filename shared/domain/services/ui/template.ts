/**
 * Pages are Mustache templates whose values are always escaped, and may stand only where escaping makes them harmless:
 * in text, and in quoted attributes. Not in scripts, styles, event handlers, unquoted attributes, names of tags, or at
 * the beginning of an address, where they could choose its scheme (`{{prefix}}`, which the platform sets, may).
 */
import Mustache from 'mustache';
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonObject } from '../../../rpc/services/service-object.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

/** Attributes that hold an address; the last five are of SVG, where an animation may make an address of anything. */
const addressAttributes = new Set(
  'href src action formaction poster cite data srcset ping background manifest xlink:href to from by values'.split(' '),
);

/** Where in HTML one is. `attribute` is the name of the one whose quoted value is open. */
interface Place {
  readonly in: 'text' | 'tag' | 'value' | 'raw' | 'comment';
  readonly quote: string;
  readonly attribute: string;
  /** Name of the element whose tag is open, or whose raw text it is. */
  readonly element: string;
  /** Text of the tag since its beginning, or of the value. */
  readonly since: string;
}

const start: Place = { in: 'text', quote: '', attribute: '', element: '', since: '' };
const rawElements = new Set([
  'script',
  'style',
  'textarea',
  'title',
  'iframe',
  'noscript',
  'template',
  'xmp',
  'plaintext',
  'noembed',
  'noframes',
]);

const inText = (place: Place, character: string): Place => {
  const since = (place.since + character).slice(-4);
  if (since.endsWith('<!--')) return { ...start, in: 'comment' };
  if (/<[A-Za-z/!]$/.test(since)) return { ...start, in: 'tag', since: since.slice(-1) };
  return { ...place, since };
};

const inTag = (place: Place, character: string): Place => {
  const since = place.since + character;
  if (since === '!-') return { ...place, since };
  if (since === '!--') return { ...start, in: 'comment' };
  const opened = /([^\s"'<>/=]+)\s*=\s*(["'])$/.exec(since);
  if (opened !== null)
    return {
      ...place,
      in: 'value',
      quote: opened[2] ?? '',
      attribute: (opened[1] ?? '').toLowerCase(),
      element: since,
      since: '',
    };
  if (character !== '>') return { ...place, since };
  const element = /^([A-Za-z][\w-]*)/.exec(since)?.[1]?.toLowerCase() ?? '';
  return rawElements.has(element) ? { ...start, in: 'raw', element } : start;
};

const step = (place: Place, character: string): Place => {
  switch (place.in) {
    case 'text':
      return inText(place, character);
    case 'tag':
      return inTag(place, character);
    case 'value':
      return character === place.quote
        ? { ...start, in: 'tag', since: `${place.element}x${place.quote}` }
        : { ...place, since: place.since + character };
    case 'raw': {
      const since = (place.since + character).slice(-40);
      return since.toLowerCase().endsWith(`</${place.element}`)
        ? { ...start, in: 'tag', since: '/' }
        : { ...place, since };
    }
    case 'comment': {
      const since = (place.since + character).slice(-3);
      return since === '-->' ? start : { ...place, since };
    }
    default:
      return place;
  }
};

/** Why a value must not stand here, or undefined. */
const refusal = (place: Place, name: string): string | undefined => {
  if (place.in === 'text') return place.since.endsWith('<') ? 'is the name of a tag' : undefined;
  if (place.in === 'raw' && (place.element === 'title' || place.element === 'textarea')) return undefined;
  if (place.in !== 'value')
    return 'stands where no escaping makes a value harmless: put it into text or a quoted attribute';
  if (place.attribute.startsWith('on') || place.attribute === 'style' || place.attribute === 'srcdoc')
    return `stands in the attribute ${place.attribute}, which is run or styles`;
  if (addressAttributes.has(place.attribute) && place.since === '' && name !== 'prefix')
    return `begins the address in ${place.attribute}: begin it with {{prefix}} or a word`;
  return undefined;
};

type Token = readonly [type: string, value: string, from: number, to: number, inner?: readonly Token[]];

class Refused extends Error {}

const walk = (tokens: readonly Token[], from: Place): Place => {
  let place = from;
  for (const [type, value, , , inner] of tokens) {
    if (type === 'text') for (const character of value) place = step(place, character);
    else if (type === 'name') {
      const reason = refusal(place, value);
      if (reason !== undefined) throw new Refused(`{{${value}}} ${reason}`);
      // The prefix may be nothing, so the address only begins after it.
      const begun = place.since === '' && value === 'prefix' ? '' : `${place.since}x`;
      place = { ...place, since: place.in === 'value' ? begun : '' };
    } else if (type === '#' || type === '^') {
      const after = walk(inner ?? [], place);
      if (after.in !== place.in) throw new Refused(`{{${type}${value}}} must end where it began: in ${place.in}`);
      place = after;
    } else if (type !== '!') throw new Refused(`{{${type}${value}}} is not allowed: values are always escaped`);
  }
  return place;
};

/** Whether a template can be used; says what in it cannot. */
export const checkTemplate = (template: string): Result<null, string> => {
  try {
    // SAFETY: the library's own form of a parsed template, which its types leave open.
    const end = walk(Mustache.parse(template, ['{{', '}}']) as unknown as readonly Token[], start);
    return end.in === 'text' ? ok(null) : err(`ends within a ${end.in}`);
  } catch (cause) {
    return err(cause instanceof Error ? cause.message.slice(0, 300) : 'cannot be read');
  }
};

/** Plain data without prototypes, so that a name of a template finds nothing else. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, inner] of Object.entries(value)) copy[name] = bare(inner);
  return copy;
};

/** A checked template with data. */
export const renderTemplate = (template: string, data: JsonObject): string =>
  Mustache.render(
    template,
    bare(data),
    {},
    { escape: (value: unknown) => escapeHtml(String(value)), tags: ['{{', '}}'] },
  );
