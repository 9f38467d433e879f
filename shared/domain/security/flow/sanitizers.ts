/** What makes a value harmless: for everything, or for one kind of sink. */

/** The kinds of sinks that ask for different cleaning. */
export type SinkKind =
  | 'sql'
  | 'nosql'
  | 'command'
  | 'code'
  | 'html'
  | 'header'
  | 'log'
  | 'template'
  | 'path'
  | 'request'
  | 'redirect'
  | 'regex'
  | 'key'
  | 'module'
  | 'compare'
  | 'xml';

/** Functions whose result is of a form that cannot carry an attack, or says only something about the value. */
const always =
  /^(?:Number|parseInt|parseFloat|BigInt|Boolean|isNaN|isFinite|Number\.\w+|Date|Date\.\w+|Date\(\)|Math\.\w+|Array\.isArray|Object\.keys\(\)\.length|Symbol)(?:\(\))?$|(?:^|\.)(?:digest|createHash|createHmac|randomUUID|randomBytes|toFixed|getTime|valueOf|charCodeAt|codePointAt|indexOf|lastIndexOf|includes|startsWith|endsWith|test|some|every|has|hasOwn|hasOwnProperty|localeCompare|search|findIndex|safeParse|parseAsync|isInteger|timingSafeEqual|compare|compareSync|verify|hashSync)$/;

/** Named as what it is for; whether it is good at it cannot be seen from here. */
const namedAlways =
  /(?:sanitiz|sanitis|whitelist|allowlist|validat|^is[A-Z]|\.is[A-Z]|assertSafe|ensureSafe|schema\.parse|Schema\.parse|toInt|asNumber|toNumber|(?:^|\.)\w*[hH]ash\w*$)/;

const byKind: Readonly<Record<SinkKind, RegExp>> = {
  sql: /(?:^|[.?])(?:escape|escapeId|escapeLiteral|escapeIdentifier|format|quote|quoteIdent|quoteLiteral|mysql\.escape|sql)$|escapeSql|sqlEscape|quote|placeholder/i,
  nosql: /(?:^|\.)(?:String|toString|ObjectId|ObjectID|ObjectId\(\)|trim|toLowerCase)$|mongoSanitize/i,
  command: /(?:^|[.?])(?:quote|escape|shellescape|shellEscape|escapeShellArg|shq)$|shell-?(?:quote|escape)/i,
  code: /^JSON\.stringify$/,
  html: /(?:escape|encode|purify|\bxss\b|striptags|sanitize-html|stripTags|^he\.|JSON\.stringify$|toJSON|htmlEncode|markupsafe)/i,
  header: /^(?:encodeURIComponent|encodeURI|JSON\.stringify|cookie\.serialize)$|(?:^|\.)(?:serialize|escape)$/,
  log: /^(?:JSON\.stringify|encodeURIComponent|encodeURI|util\.inspect)$|escape/i,
  template: /^$/,
  path: /^(?:path\.basename|encodeURIComponent|basename)$|(?:^|\.)(?:basename|parse\(\)\.base)$|filenamify|slug|sanitize-filename|safeJoin|secureJoin|resolveInside|extname$|normalizePath$/i,
  request: /^encodeURIComponent$|(?:^|\.)(?:pathname)$/,
  redirect: /^encodeURIComponent$|(?:^|\.)(?:pathname)$|safeRedirect|safeUrl|relativePath/i,
  regex:
    /escape-?(?:string-?)?reg-?exp|escapeRegex|escapeStringRegexp|(?:^|\.)(?:RegExp\.escape|escapeRegExp|escape|quotemeta)$/i,
  key: /^$/,
  module: /^(?:path\.basename)$/,
  compare: /^(?:String|\w*[hH]ash\w*)$/,
  xml: /^$/,
};

/** True when the result of the function is safe for the sink, whatever went in. */
export const isSanitizer = (name: string, kind: SinkKind): boolean => {
  const called = name.replace(/^\?\.?/, '');
  return always.test(called) || namedAlways.test(called) || byKind[kind].test(called);
};

/** Members that say something about a value and are not made of it. */
export const harmlessMembers = new Set([
  'length',
  'size',
  'byteLength',
  'status',
  'statusCode',
  'ok',
  'method',
  'then',
  'name.length',
]);
