/** Defaults and what new records are: `the due date defaults to …`, `new events are drafts`. */

import type { Expression } from '../../app-model.ts';
import type { DraftField, DraftResource } from '../draft/draft.ts';
import { different, literal } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findEnumState, findField, findResource, findValue, statusField } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from './context.ts';
import { forbid, frameOf } from './context.ts';
import { homes } from './subjects.ts';

/** The default as an expression; undefined when the words fit nothing. */
export const readDefault = (
  rules: Rules,
  resource: DraftResource,
  field: DraftField,
  text: string,
): Expression | undefined => {
  const quoted = /^["'`](.*)["'`]$/.exec(text.trim())?.[1];
  const bare = withoutArticles((quoted ?? text).trim().toLowerCase().replace(/[`"']/g, ''));
  if (field.values !== undefined) {
    const value = findValue(field, wordsOf(quoted ?? text)) ?? findValue(field, wordsOf(bare));
    return value === undefined ? undefined : literal(value);
  }
  if (field.type === 'boolean')
    return /^(?:true|yes|on|1|active|enabled)$/.test(bare)
      ? literal(true)
      : /^(?:false|no|off|0)$/.test(bare)
        ? literal(false)
        : undefined;
  if (
    /^(?:null|none|empty|nothing|-|an empty (?:string|list|text)|\[\]|empty (?:string|list|text)|blank|unset)$/.test(
      bare,
    )
  )
    return field.type === 'string' || field.type === 'text' ? undefined : undefined;
  if (field.type === 'string' || field.type === 'text' || field.type === 'email' || field.type === 'url')
    return literal(quoted ?? text.trim().replace(/[`"']/g, ''));
  return rules.phrases.value(
    text.toLowerCase().includes('after') || / /.test(text) ? normaliseCase(text) : bare,
    frameOf(resource),
    field,
  );
};

const normaliseCase = (text: string): string => withoutArticles(wordsOf(text).join(' '));

const DEFAULTS: readonly RegExp[] = [
  /^(.+?) (?:defaults?|is defaulted|will default|must default) to (.+)$/,
  /^(?:the )?default (?:value )?(?:of|for) (.+?) is (.+)$/,
  /^(?:the )?default (.+?) is (.+)$/,
  /^(.+?) (?:is|are) (.+?) (?:by default|unless (?:said|stated|specified|given|set) otherwise|initially|at first|if (?:not given|nothing is given|omitted|not specified|none is given|it is missing|left out|not provided))$/,
  /^(?:by default|initially|at first) ?,? (.+?) (?:is|are) (.+)$/,
  /^(.+?) (?:starts?|begins?) (?:at|as|with|from|out as|off as) (.+)$/,
  /^if no (.+?) is (?:given|set|provided|specified) ?,? (?:it is|the \w+ is|it defaults to|it becomes|use|then it is) (.+)$/,
];

export const fieldDefault = (rules: Rules, sentence: Sentence, text: string): boolean => {
  for (const shape of DEFAULTS) {
    const match = shape.exec(text);
    if (match === null) continue;
    for (const home of homes(rules, sentence, match[1] ?? '')) {
      const reference = rules.phrases.field(withoutArticles((match[1] ?? '').replace(/\bnew /, '')), frameOf(home));
      const field =
        reference === undefined || reference.entity.path.length > 0
          ? undefined
          : home.fields.find((candidate) => candidate.name === reference.field.name);
      const value =
        field === undefined
          ? undefined
          : (readDefault(rules, home, field, match[2] ?? '') ??
            rules.phrases.value(match[2] ?? '', frameOf(home), field));
      if (field === undefined || value === undefined) continue;
      field.default = value;
      return true;
    }
  }
  return false;
};

const NEW =
  /^(?:an? |the |all |every |each |any )?(?:newly created |new |freshly created )(.+?) (?:is|are|starts?(?: out)?|begins?|gets?|has|have|must be|must have|always starts?)(?: always)?(?: as| in| out as| with| at| the)? (?:an? |the )?(?:status |state )?(?:of )?(.+)$/;

const CREATED =
  /^(?:an? |every |each |all )?(.+?) (?:starts?(?: out| off)?|begins?|is created|are created|is always created|is initially|are initially) (?:as|in|with|at)? ?(?:an? |the )?(?:status |state )?(?:of )?(.+?)(?: (?:status|state))?$/;

/** `new events are drafts`, `an order starts as pending`, `a new ticket has no agent`. */
export const newRecord = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match = NEW.exec(text) ?? CREATED.exec(text);
  const resource =
    match === null ? undefined : findResource(rules.draft, wordsOf((match[1] ?? '').replace(/^new /, '')));
  if (match === null || resource === undefined) return false;
  const rest = (match[2] ?? '').replace(/ (?:by default|when created|status|state)$/, '');
  const none = /^(?:no|without(?: an?| any)?) (.+)$/.exec(rest);
  const absent = none === null ? undefined : findField(resource, (none[1] ?? '').split(' '));
  if (absent !== undefined)
    return forbid(rules, sentence, {
      resource,
      on: ['create'],
      when: different({ kind: 'field', of: 'record', path: [absent.name] }, literal(null)),
      status: 422,
      field: absent.name,
    });
  const state =
    findEnumState(resource, withoutArticles(rest).split(' ')) ?? findEnumState(resource, wordsOf(rest).slice(-1));
  if (state !== undefined) {
    state.field.default = literal(state.value);
    delete state.field.defaultText;
    if (state.field === statusField(resource))
      rules.chains.push({ resource: resource.name, field: state.field.name, first: state.value });
    return true;
  }
  const negative = /^(?:not |in|un)(.+)$/.exec(rest);
  const flag = findField(resource, rest.split(' ')) ?? findField(resource, (negative?.[1] ?? '').split(' '));
  if (flag?.type !== 'boolean') return false;
  flag.default = literal(findField(resource, rest.split(' ')) !== undefined);
  return true;
};
