/** `src/app.ts` and what stands around the operations: the document, a health check, an index for people. */

import type { ApiModel } from '../model.ts';
import { groupConstant } from './operations.ts';
import type { GeneratedFile } from './schemas.ts';
import { quote, toSource } from './source.ts';

/** The modules that put the groups together. */
export const applicationFiles = (model: ApiModel, groups: readonly string[]): readonly GeneratedFile[] => [
  { path: 'src/app.ts', content: appModule(model) },
  { path: 'src/index-page.ts', content: indexPageModule(model) },
  { path: 'src/operations/index.ts', content: allOperationsModule(groups) },
];

const appModule = (
  model: ApiModel,
): string => `/** The whole application: the API's operations, its document, an index page and a health check. */

import document from '../openapi.json' with { type: 'json' };
import { createServer } from './http/server.ts';
import type { ServerOptions } from './http/server.ts';
import { indexPage } from './index-page.ts';
import { operations } from './operations/index.ts';

/** Paths of the document's servers: the operations answer below them too. */
const basePaths: readonly string[] = ${toSource(model.basePaths)};

/** The function that answers every request. */
export const createApp = (options: Pick<ServerOptions, 'database' | 'clock' | 'apiKeys'>): ((request: Request) => Promise<Response>) =>
  createServer({ ...options, operations, document, basePaths, indexPage: (prefix) => indexPage(prefix, operations) });
`;

const allOperationsModule = (groups: readonly string[]): string => `/** Every operation of the API. */

import type { Operation } from '../http/operation.ts';
${groups.map((group) => `import { ${groupConstant(group)} } from './${group}/index.ts';\n`).join('')}
export const operations: readonly Operation[] = [
${groups.map((group) => `  ...${groupConstant(group)},\n`).join('')}];
`;

const indexPageModule = (model: ApiModel): string => `/** A page for people who open the application in a browser. */

import type { Operation } from './http/operation.ts';

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Lists the operations; \`prefix\` is the path under which the application is mounted. */
export const indexPage = (prefix: string, operations: readonly Operation[]): string => {
  const rows = operations.map(({ method, path, summary }) => {
    const address = prefix + path;
    const shown = method === 'GET' && !path.includes('{') ? \`<a href="\${escapeHtml(address)}">\${escapeHtml(path)}</a>\` : escapeHtml(path);
    return \`<tr><td>\${method}</td><td><code>\${shown}</code></td><td>\${escapeHtml(summary)}</td></tr>\`;
  });
  return \`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>\${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}td{padding:.2rem 1rem .2rem 0;vertical-align:top}</style>
</head>
<body>
<h1>\${escapeHtml(title)}</h1>
<p>The description of this API is at <a href="\${escapeHtml(prefix)}/openapi.json">/openapi.json</a>.</p>
<table>
\${rows.join('\\n')}
</table>
</body>
</html>
\`;
};

const title = ${quote(model.title)};
`;
