/**
 * Takes a compound sentence apart. Each way to do so is a list of clauses that must all be understood for the
 * sentence to be.
 */

/** `BR-1:` and the like before a rule. */
const NUMBERED = /^(?:br|r|fr|req|rule|nfr|us|c|f|constraint|requirement|invariant)[ -]?\d+(?:[.-]\d+)* ?[:.)-]? ?/;
const LABEL =
  /^(?:(?:rule|r|br|req|fr|nfr|us|constraint|note|example|important|invariant|c|f|requirement)[ -]?\d*|[a-z][a-z ]{0,40}?) ?: (.+)$/;
const CONNECTIVES =
  /^(?:and|but|so|or|in addition|in that case|then|this means(?: that)?|that means|i e|note|also|, |rule|it holds that|remember that|of course|we want that|the rule is(?: that)?|if so|thus|hence|as a rule|in particular|finally|first|second|third|next|on top of that|besides|naturally|by the way|for obvious reasons|sadly|obviously|clearly|and of course|please make sure|the system (?:must|should) (?:ensure|check|make sure|verify|guarantee|enforce)(?: that)?|it must be (?:ensured|guaranteed|checked) that|we must (?:ensure|make sure)(?: that)?|(?:the )?(?:system|app|application|service) must(?: be able to)? (?:reject|refuse|prevent)(?: that)?) ,? ?/;

const JOINTS: readonly RegExp[] = [
  / ?; ?/g,
  / (?:, )?but (?:also )?/g,
  / ?: /g,
  / - /g,
  / , and (?:also )?/g,
  / , /g,
  / and /g,
];

const subjectOf = (text: string): string | undefined =>
  /^((?:an? |the |each |every |all |only )?[a-z]+(?: [a-z]+){0,3}?) (?:can|cannot|must|may|is|are|has|have|never|shall) /.exec(
    text,
  )?.[1];

/** A clause that begins with a pronoun, with the subject of the clause before it in its place. */
const withSubject = (left: string, right: string): string => {
  const subject = subjectOf(left);
  return subject === undefined ? right : right.replace(/^(?:they|these|those) /, `${subject} `);
};

/** `a done task can be reopened` and `this clears completed at`: what the second says happens when the first does. */
const consequence = (left: string, right: string): string | undefined => {
  const event = /^(?:only )?(.+?) (?:can|may|must) (?:only |then )?be ([a-z]+(?: (?:in|out|up|off))?)\b/.exec(left);
  const effect =
    /^(?:this|that|it|which|doing so|then|in which case|and)(?: then)? (?:also )?(?:it |the )?([a-z]+ .+)$/.exec(right);
  const state =
    /^(?:its|their|the) .+ (?:is|are|becomes?|changes?|goes|go|turns?|switch(?:es)?|drops?|increases?|decreases?)\b/.test(
      right,
    );
  if (event !== null && state) return `when ${event[1] ?? ''} is ${event[2] ?? ''} , ${right}`;
  return event === null || effect === null
    ? undefined
    : `when ${event[1] ?? ''} is ${event[2] ?? ''} , it ${effect[1] ?? ''}`;
};

const isAside = (text: string): boolean => !/\b(?:must|cannot|never|only|unless)\b/.test(text);
const canStand = (text: string): boolean =>
  /\b(?:can|cannot|must|may|is|are|has|have|sets?|=|never|goes|defaults?|only|clears?|increases|decreases|reduces|deletes|no)\b/.test(
    text,
  );

/** Without numbering and connectives before the sentence proper. */
export const bareSentence = (text: string): string =>
  text
    .replace(NUMBERED, '')
    .replace(CONNECTIVES, '')
    .replace(/\bnothing (?:about|of|in|on) (.{1,40}?) (?:can|may) be /, '$1 cannot be ')
    .trim();

const joined = (text: string): readonly (readonly string[])[] => {
  const found: (readonly string[])[] = [];
  for (const joint of JOINTS) {
    for (const match of text.matchAll(joint)) {
      const left = text.slice(0, match.index).trim();
      const right = withSubject(left, text.slice(match.index + match[0].length).trim());
      if (left.split(' ').length < 3 || right.split(' ').length < 2) continue;
      const effect = consequence(left, right);
      if (effect !== undefined) found.push([effect, left]);
      if (!canStand(left)) continue;
      found.push([left, right]);
      const subject = subjectOf(left)?.replace(/^only /, '');
      const modal = / (can|may|must|cannot) (?:only )?be /.exec(left)?.[1];
      if (subject !== undefined) found.push([left, `${subject} ${right}`]);
      if (subject !== undefined && modal !== undefined) found.push([left, `${subject} ${modal} be ${right}`]);
    }
  }
  return found;
};

/** All ways to read the sentence as clauses, the likeliest first. */
export const clausesOf = (text: string): readonly (readonly string[])[] => {
  const found: (readonly string[])[] = [];
  const bracketed = / \( ([^()]*) \)/.exec(text);
  if (bracketed !== null) found.push([`${text.replace(bracketed[0], '')} if ${bracketed[1] ?? ''}`]);
  if (bracketed !== null && isAside(bracketed[1] ?? '')) found.push([text.replace(bracketed[0], '')]);
  const except = /^(.+?) (can|may) (be .+?) ?,? but (?:not|never) (?!be )(.+)$/.exec(text);
  if (except !== null) {
    const [, subject = '', , predicate = '', rest = ''] = except;
    found.push([`${subject} can ${predicate}`, `${subject} cannot ${predicate} ${rest}`]);
  }
  const said = LABEL.exec(text)?.[1];
  if (said !== undefined) found.push([withSubject(text.slice(0, text.length - said.length), said)]);
  return [...found, ...joined(text)];
};
