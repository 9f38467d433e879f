import type { AppContext } from '../../app-environment.ts';
import { checkParts } from '../health/check.ts';
import { escapeHtml, htmlPage, pagePolicy } from './html.ts';

const exampleOf = (origin: string): string =>
  [
    `curl -H "authorization: Bearer $AIDEVOS_KEY" -H "content-type: text/markdown" \\`,
    `     --data-binary @spec.md ${origin}/api/projects`,
  ].join('\n');

/** What is running here and where to go. Shows nothing that needs a key. */
export const homePage = async (context: AppContext): Promise<Response> => {
  const { parts, status } = await checkParts(context);
  const { environment, defaultModel } = context.var.services.config;
  const rows = Object.entries(parts).map(
    ([name, part]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td class="${part.status}">${part.status}${part.reason === undefined ? '' : `: ${escapeHtml(part.reason)}`}</td></tr>`,
  );
  const body = `<h1>AIDevOS</h1>
<p>A team of AI software engineers: give it a product specification, get a git repository, a test report and a running app.</p>
<p>This is the <strong>${escapeHtml(environment)}</strong> platform. It is <strong class="${status}">${status}</strong>; projects that name no model use <code>${escapeHtml(defaultModel)}</code>.</p>
<table><tbody>
<tr><th scope="row">gateway</th><td class="up">up</td></tr>
${rows.join('\n')}
</tbody></table>
<h2>Where to go</h2>
<ul>
<li><a href="/docs">API reference</a>, to read and to try out (<a href="/openapi.json">OpenAPI document</a>)</li>
<li><a href="/health">Health</a> as JSON</li>
<li><code>/apps/&lt;project&gt;/</code> is where a project's app answers, <code>/git/&lt;project&gt;.git</code> its repository</li>
</ul>
<h2>Begin</h2>
<pre><code>${escapeHtml(exampleOf(new URL(context.req.url).origin))}</code></pre>`;
  return context.html(htmlPage('AIDevOS', body), 200, {
    'content-security-policy': pagePolicy,
    'cache-control': 'no-store',
  });
};
