/**
 * Places that take a text for something else: by the name of the function (see `syntax/names.ts`), with the arguments
 * that count. A table, so that a new place is one line.
 */
import type { SinkKind } from '../flow/sanitizers.ts';

export interface Sink {
  readonly kind: SinkKind;
  readonly name: RegExp;
  /** Which arguments count; `rest` all, `last` the last. */
  readonly arguments: readonly number[] | 'all' | 'last';
  /** Counts only when the text is put together of constant and other parts, or what a request says reaches it. */
  readonly onlyComposed?: true;
  /** Only when the constant parts look like this. */
  readonly text?: RegExp;
  /** Only what a request says counts: the parameter of an export is the business of the caller. */
  readonly onlyRequest?: true;
  /** The call is wrong in itself when its text is not constant. */
  readonly always?: true;
}

const answers = String.raw`\?(?:this\.)?(?:res|response|resp|reply|rep)`;
const sqlText =
  /\b(?:select\b[^]*\bfrom|insert\s+into|update\s+[^]*\bset|delete\s+from|drop\s+|create\s+|alter\s+|where\s|values\s*\(|order\s+by|union\s|truncate\s)/i;
const database = String.raw`(?:^|[.?#])(?:db|database|conn|connection|pool|client|knex|sequelize|sql|pg|mysql|tx|trx|transaction|session|manager|entityManager|dataSource|repository|repo|storage|cursor|queryRunner|prisma|orm|em|store|stmt|sqlite|d1|DB|Client\(\)|Pool\(\)|\w*[Cc]onnection(?:\(\))?|createPool\(\)|\w*(?:[Dd]b|DB)(?:\(\))?)`;

const files =
  'readFile|readFileSync|createReadStream|createWriteStream|writeFile|writeFileSync|appendFile|appendFileSync|unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync|mkdir|mkdirSync|readdir|readdirSync|open|openSync|stat|statSync|lstat|lstatSync|access|accessSync|exists|existsSync|copyFile|copyFileSync|rename|renameSync|chmod|chmodSync|opendir|watch|truncate|readlink|symlink|link|readJson|readJsonSync|outputFile|outputFileSync|remove|removeSync|ensureDir|move|copy|realpath';

export const sinks: readonly Sink[] = [
  {
    kind: 'sql',
    name: new RegExp(
      String.raw`${database}\.(?:query|execute|exec|raw|run|all|get|each|prepare|one|none|any|many|manyOrNone|oneOrNone|unsafe|literal|sql\.exec)$`,
    ),
    arguments: [0],
    onlyComposed: true,
    text: sqlText,
  },
  {
    kind: 'sql',
    name: /\.(?:query|execute|exec|raw|prepare|unsafe|literal|queryRaw)$/,
    arguments: [0],
    onlyComposed: true,
    text: sqlText,
  },
  {
    kind: 'sql',
    name: /\.(?:\$queryRawUnsafe|\$executeRawUnsafe|whereRaw|orderByRaw|havingRaw|groupByRaw|joinRaw|selectRaw|fromRaw|andWhereRaw|orWhereRaw|createNativeQuery)$|^(?:drizzle-orm\.)?sql\.raw$|^@prisma\/client\.Prisma\.raw$/,
    arguments: [0],
  },
  {
    kind: 'sql',
    name: new RegExp(
      String.raw`(?:${database}|mysql2?\.createConnection\(\)|(?:pg\.)?Client\(\)|Sequelize\(\)|knex\(\))\.(?:query|raw)$`,
    ),
    arguments: [0],
  },
  {
    kind: 'nosql',
    name: /\.(?:find|findOne|findOneAndUpdate|findOneAndDelete|findOneAndRemove|updateOne|updateMany|deleteOne|deleteMany|remove|count|countDocuments|replaceOne|aggregate|exists)$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'command',
    name: /^child_process\.(?:exec|execSync)$|^(?:shelljs|shell)\.exec$|^execa(?:\.execa)?\.?(?:command|commandSync|execaCommand|execaCommandSync)$|^(?:cross-spawn|execa|execa\.execa)\.?shell$/,
    arguments: [0],
    always: true,
  },
  {
    kind: 'command',
    name: /^child_process\.(?:spawn|spawnSync|execFile|execFileSync|fork)$|^cross-spawn(?:\.sync|\.spawn)?$|^execa(?:\.execa|\.execaSync|\.sync)?$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'command',
    name: /^\?(?:cp|childProcess|child_process|exec|shell)\.(?:exec|execSync)$|^Deno\.run$|^Deno\.Command$|^Bun\.spawn$/,
    arguments: [0],
    onlyRequest: true,
  },
  { kind: 'code', name: /^(?:(?:globalThis|window)\.)?Function$/, arguments: 'all', always: true },
  {
    kind: 'code',
    name: /^(?:(?:window|globalThis|global|self)\.)?eval$|^vm\.(?:runInContext|runInNewContext|runInThisContext|Script|compileFunction|createScript|SourceTextModule)$|^(?:vm2\.)?(?:VM|NodeVM)\(\)\.run$|^vm2\.VMScript$|^isolated-vm\.\w+/,
    arguments: [0],
    always: true,
  },
  {
    kind: 'code',
    name: /^sandbox\(\)\.run$|^\?(?:sandbox|vm)\.run$|^static-eval$|^safe-eval$|^notevil$|^expr-eval\.Parser\(\)\.evaluate$|^serialize-to-js\.deserialize$|^node-serialize\.unserialize$|(?:^|[.?])(?:page|frame)\.(?:evaluate|evaluateOnNewDocument|evaluateHandle|waitForFunction)$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'code',
    name: /^(?:window\.|globalThis\.)?(?:setTimeout|setInterval|setImmediate|execScript)$/,
    arguments: [0],
    onlyComposed: true,
  },
  {
    kind: 'html',
    name: new RegExp(`^${answers}(?:\\.\\w+\\(\\))*\\.(?:send|write|end|html)$`),
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'html',
    name: /^\?(?:c|ctx|context)\.html$|^(?:window\.)?document\.(?:write|writeln)$|\.insertAdjacentHTML$|^Response$/,
    arguments: 'all',
    onlyRequest: true,
  },
  {
    kind: 'html',
    name: /(?:^(?:\$|jQuery|jquery)\(\)|^\?\$\w+)\.(?:html|append|prepend|before|after|replaceWith|wrap)$|^(?:\$|jQuery)$|^\$\.parseHTML$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'header',
    name: new RegExp(`^${answers}\\.(?:setHeader|header|set|append|appendHeader)$`),
    arguments: [1],
    onlyRequest: true,
  },
  {
    kind: 'log',
    name: /^console\.(?:log|info|warn|error|debug)$|^\?(?:log|logger)\.(?:log|info|warn|error|debug|trace)$|^(?:winston|pino|bunyan|log4js)(?:\.\w+\(\))*\.(?:info|warn|error|debug|log)$/,
    arguments: 'all',
    onlyRequest: true,
    onlyComposed: true,
  },
  {
    kind: 'template',
    name: /^(?:handlebars|Handlebars|ejs|pug|jade|nunjucks|lodash|underscore|_|mustache|Mustache|dot|doT|hogan\.js|swig|twig|liquid|eta|art-template|ejs\.Template|velocityjs)(?:\.\w+\(\))?(?:\.default)?\.(?:compile|render|renderString|template|precompile|parseAndRender|to_html)$/,
    arguments: [0],
  },
  {
    kind: 'path',
    name: new RegExp(String.raw`^(?:fs|fs\.promises|fs-extra|graceful-fs)\.(?:promises\.)?(?:${files})$`),
    arguments: [0],
  },
  {
    kind: 'path',
    name: /^\?(?:fs|fsp|fsPromises)\.(?:promises\.)?(?:readFile|readFileSync|createReadStream|writeFile|writeFileSync|unlink|unlinkSync)$|^Bun\.file$|^Deno\.(?:readFile|readTextFile|open|remove|writeFile|writeTextFile)$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'path',
    name: new RegExp(`^${answers}(?:\\.\\w+\\(\\))*\\.(?:sendFile|sendfile|download|file|render)$`),
    arguments: [0],
    onlyRequest: true,
  },
  { kind: 'path', name: /^path\.(?:posix\.|win32\.)?(?:join|resolve)$/, arguments: 'all', onlyRequest: true },
  {
    kind: 'request',
    name: /^(?:(?:globalThis|window)\.)?fetch$|^(?:node-fetch|cross-fetch|isomorphic-fetch|got|axios|request|request-promise|needle|superagent|phin|bent|ky|undici|make-fetch-happen|wreck)(?:\.(?:get|post|put|patch|delete|head|request|fetch|stream|default|call|node-fetch|native|options))?$|^https?\.(?:get|request)$|^net\.(?:connect|createConnection)$|^http2\.connect$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'request',
    name: /(?:^|[.?])(?:page|tab|frame|phantom|Page)\.(?:goto|navigate|open|setContent|openUrl|property|evaluateJavaScript)$|newPage\(\)\.(?:goto|setContent)$|^wkhtmltopdf$|^wkhtmltoimage\.generate$|^html-pdf\.create$/,
    arguments: [0],
    onlyRequest: true,
  },
  {
    kind: 'redirect',
    name: new RegExp(
      `^${answers}(?:\\.\\w+\\(\\))*\\.(?:redirect|location)$|^Response\\.redirect$|^\\?(?:c|ctx|context)\\.redirect$|^next/navigation\\.(?:redirect|permanentRedirect)$|^NextResponse\\.redirect$`,
    ),
    arguments: 'all',
    onlyRequest: true,
  },
  { kind: 'redirect', name: /(?:^|\.)location\.(?:assign|replace)$|^window\.open$/, arguments: [0], onlyRequest: true },
  { kind: 'regex', name: /^RegExp$|^(?:globalThis|window)\.RegExp$/, arguments: [0], always: true },
  { kind: 'module', name: /^require$|^import$|^\?require$|^require\.resolve$/, arguments: [0], always: true },
  {
    kind: 'xml',
    name: /^(?:node-expat|expat)\.Parser\(\)\.(?:parse|write)$|^xml2json\.toJson$|(?:^|[.?])\w*[pP]arser\.parseXmlString$/,
    arguments: [0],
    onlyRequest: true,
  },
];

export const sqlPattern = sqlText;
