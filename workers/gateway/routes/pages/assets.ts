import type { AppContext } from '../../app-environment.ts';
import { notFound, problem } from '../../errors/problem.ts';

/** The files of our own pages; a fixed list, so that no name from outside reaches the store. */
const names: ReadonlySet<string> = new Set(['page.css', 'swagger-ui.css', 'swagger-ui-bundle.js', 'reference.js']);

export const assetFile = async (context: AppContext): Promise<Response> => {
  const name = context.req.param('name') ?? '';
  if (!names.has(name)) return problem(context, notFound('file'));
  const answer = await context.var.services.assets.fetch(new Request(`https://assets/${name}`));
  if (!answer.ok) return problem(context, notFound('file'));
  const headers = new Headers(answer.headers);
  headers.set('cache-control', 'public, max-age=3600');
  return new Response(answer.body, { status: 200, headers });
};
