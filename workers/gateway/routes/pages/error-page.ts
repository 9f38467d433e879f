import { errorCatalog } from '../../../../shared/errors/catalog.ts';
import type { AppError } from '../../../../shared/errors/result.ts';
import { escapeHtml, htmlPage, pagePolicy } from './html.ts';

/** The page of a failed answer, with that answer's status and headers. */
export const errorPage = (answer: Response, error: AppError): Response => {
  const { title } = errorCatalog[error.type];
  const headers = new Headers(answer.headers);
  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set('content-security-policy', pagePolicy);
  const body = `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(error.detail)}</p>\n<p><a href="/">What is running here</a></p>`;
  return new Response(htmlPage(title, body), { status: answer.status, headers });
};
