/** Words for types, and the type that a field's name suggests when nothing is said. */

import type { FieldType } from '../../app-model.ts';
import { isPlural } from '../lexicon/nouns.ts';
import type { DraftField } from '../draft/draft.ts';

const TYPE_WORDS: readonly (readonly [RegExp, FieldType])[] = [
  [
    /^(?:(?:list|array|set|collection) of (?:strings?|texts?|words|names|tags|labels|keywords|values)|strings?\s?\[ ?\]|array ?< ?string ?>|string list|strings|array\(string\)|tags list|comma separated (?:list|values|tags))/,
    'string_list',
  ],
  [
    /^(?:date and time|date ?time(?:tz)?|date with time|timestamp(?:tz)?|time ?stamp|instant|point in time|iso (?:8601 )?(?:timestamp|date time|datetime)|date \/ time|time of day|date \+ time|time)(?= |$)/,
    'datetime',
  ],
  [/^(?:calendar date|iso date|date only|date|day)(?= |$)/, 'date'],
  [/^(?:email(?: address)?|mail address)(?= |$)/, 'email'],
  [/^(?:url|uri|link|web ?address|hyperlink|web ?site|http url|https url|image url)(?= |$)/, 'url'],
  [/^(?:uuid|guid)(?= |$)/, 'uuid'],
  [
    /^(?:booleans?|bool|yes ?\/ ?no|yes or no|y ?\/ ?n|true ?\/ ?false|true or false|flag|checkbox|switch|toggle)(?= |$)/,
    'boolean',
  ],
  [
    /^(?:whole numbers?|integer(?: number)?s?|ints?|int32|int64|bigint|smallint|big int|long|natural number|counter|full number|positive int|serial)(?= |$)/,
    'integer',
  ],
  [
    /^(?:decimal(?: number)?s?|numbers? with decimals|decimal places|floating point(?: number)?|floats?|double|real|numeric|money(?: amount)?|currency(?: amount)?|monetary(?: amount| value)?|amount of money|price|percentage|percent|amount in (?:euros?|dollars?|eur|usd)|euros?|dollars?|number|num)(?= |$)/,
    'number',
  ],
  [
    /^(?:long ?texts?|multi ?line(?: text)?|free ?texts?|rich text|markdown(?: text)?|large text|clob|text ?area|text block|paragraph|longer text|text|prose)(?= |$)/,
    'text',
  ],
  [
    /^(?:strings?|str|short texts?|single line(?: text)?|one line(?: text)?|varchar|nvarchar|char|characters|word|phrase|plain string|line of text|name|alphanumeric|label|text string)(?= |$)/,
    'string',
  ],
];

/** A type at the beginning of a normalised text, and what follows. */
export const readType = (text: string): { readonly type: FieldType; readonly rest: string } | undefined => {
  for (const [pattern, type] of TYPE_WORDS) {
    const match = pattern.exec(text);
    if (match !== null) return { type, rest: text.slice(match[0].length).trim() };
  }
  return undefined;
};

const NAME_HINTS: readonly (readonly [RegExp, FieldType])[] = [
  [/\bemail(?: address)?$/, 'email'],
  [/\b(?:url|uri|website|web site|homepage|link|image url|photo url)$/, 'url'],
  [
    /\b(?:tags|labels|keywords|aliases|skills|allergies|allergens|ingredients|amenities|features|interests|attachments urls|steps|languages|genres|categories|roles|options|equipment list)$/,
    'string_list',
  ],
  [
    /\b(?:created|updated|started|ended|finished|completed|closed|opened|paid|sent|returned|submitted|published|cancelled|canceled|solved|resolved|shipped|delivered|approved|rejected|reviewed|checked|checked in|checked out|logged|recorded|booked|archived|deleted|answered|scheduled|starts|ends|arrived|departed|entered|exited|parked|measured|taken|assigned|begins) at$/,
    'datetime',
  ],
  [
    /\b(?:start|end|begin|finish|departure|arrival|pickup|drop off|opening|closing|appointment|check in|check out|checkin|checkout|entry|exit|booking|visit|clock in|clock out) ?time$/,
    'datetime',
  ],
  [
    /^(?!(?:prep|preparation|cook|cooking|lead|delivery|travel|waiting|response|total|reading|playing|baking) ).*\btime$/,
    'datetime',
  ],
  [/\btimestamp$|\bdatetime$|\bdate time$|\bdate and time$/, 'datetime'],
  [/\bdate\b|\bday$|\bbirthday$|\bdeadline$|\bdue$|\bdob$/, 'date'],
  [/^(?:.* )?(?:on|since|until|from|till)$/, 'date'],
  [/\bat$/, 'datetime'],
  [/^(?:starts|ends|start|end|begins|begin)$/, 'datetime'],
  [/^(?:is|has|can|was|are|should|allows|accepts|needs|includes|requires) /, 'boolean'],
  [
    /^(?:active|archived|enabled|disabled|published|completed|done|paid|public|private|featured|discontinued|verified|deleted|available|approved|reimbursed|billable|pinned|locked|hidden|read|resolved|returned|finished|favou?rite|starred|vaccinated|neutered|refundable|recurring|urgent|anonymous|closed|checked|confirmed|cancelled|canceled|on duty|in stock|vegetarian|vegan|visible|taxable|fragile|invoiced|electric|sold out|late|blocked|members only)$/,
    'boolean',
  ],
  [
    /\b(?:number of|count|quantity|qty|capacity|stock|seats|copies|age|year|pages|floor|level|stars|servings|points|minutes|hours|days|weeks|months|duration|position|rank|limit|votes|attendees|guests|participants|people|persons|calories|reps|sets|mileage|odometer|beds|rooms|size in \w+|goal|target|streak|order index|sequence|priority number|credits|score|nights|units|spaces|bedrooms|floors|steps count|max \w+|maximum \w+|reorder level|stock level|threshold|views|likes|loan limit|(?:prep|preparation|cook|cooking|lead|delivery|travel|waiting|response|total|reading|playing|baking) time)$/,
    'integer',
  ],
  [
    /\b(?:price|amount|total|cost|fee|rate|salary|budget|balance|subtotal|tax|discount|weight|height|width|length|depth|volume|distance|temperature|percentage|percent|latitude|longitude|hourly rate|value|revenue|income|wage|deposit|fine|kilometers|kilometres|km|litres|liters|fare|net|gross|sum)$/,
    'number',
  ],
  [
    /\b(?:description|notes?|body|content|comments?|text|message|summary|bio|biography|details|instructions|remarks?|review text|reason|explanation|feedback|resolution|diagnosis|treatment|abstract|about|answer text|method|directions|observations)$/,
    'text',
  ],
];

const TEXTUAL_NAME =
  /(?:^|\b)(?:name|title|label|subject|headline|caption|code|slug|author|city|street|address|country|brand|make|model|nickname|username|artist|publisher|question|answer|topic|company|department|location|isbn|sku|plate|phone|keyword|heading|summary|theme)$/;

const INTEGER_UNITS = /\bin (?:minutes|hours|days|weeks|seconds|months|years|cents|pages|km|kilometers)$/;

/** The type that a field's name suggests; `string` when nothing does. */
export const inferType = (field: DraftField): FieldType => {
  const name = field.words.join(' ');
  if (field.values !== undefined) return 'enum';
  if (field.reference !== undefined) return 'reference';
  const hinted = INTEGER_UNITS.test(name) ? 'integer' : NAME_HINTS.find(([pattern]) => pattern.test(name))?.[1];
  const numeric = field.minimum !== undefined || field.maximum !== undefined;
  if (hinted === 'string_list' && !isPlural(field.words.at(-1) ?? '')) return 'string';
  if (numeric && (hinted === 'text' || hinted === 'email' || hinted === 'url' || TEXTUAL_NAME.test(name)))
    return hinted ?? 'string';
  if (numeric && hinted !== 'integer' && hinted !== 'number') {
    const whole = [field.minimum, field.maximum].every((bound) => bound === undefined || Number.isInteger(bound));
    return whole && field.exclusiveMinimum !== true ? 'integer' : 'number';
  }
  if (hinted === 'date' && field.defaultText !== undefined && /\bnow\b|current time/.test(field.defaultText))
    return 'datetime';
  if (hinted === undefined && field.defaultText !== undefined) return typeOfDefault(field.defaultText);
  if (
    (field.pattern !== undefined || field.maxLength !== undefined) &&
    hinted !== 'text' &&
    hinted !== 'email' &&
    hinted !== 'url'
  )
    return 'string';
  return hinted ?? 'string';
};

const typeOfDefault = (text: string): FieldType => {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/[`"'.]/g, '');
  if (/^(?:true|false|yes|no)$/.test(bare)) return 'boolean';
  if (/^-?\d+$/.test(bare)) return 'integer';
  if (/^-?\d+[.]\d+$/.test(text.trim())) return 'number';
  if (/^(?:today|current date)$/.test(bare)) return 'date';
  if (/^(?:now|current time|current date and time)$/.test(bare)) return 'datetime';
  return 'string';
};
