/** Refusals of composed apps: a problem for programs, and a page for people who look at it with a browser. */
import { escapeHtml } from '../../../shared/domain/services/ui/template.ts';
import { errorCatalog } from '../../../shared/errors/catalog.ts';
import type { AppError } from '../../../shared/errors/result.ts';

/** What every page of an app is sent with. */
export const pageHeaders = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

const contentType = 'application/problem+json';

/** The catalogue's titles speak of the platform's keys; people of an app have none. */
const titles: Readonly<Partial<Record<AppError['type'], string>>> = {
  'auth.missing': 'Nobody is signed in',
  'auth.invalid': 'Signing in is needed',
  'auth.forbidden': 'This is not allowed',
  'service.unavailable': 'A part of the app is not available',
  'service.timeout': 'A part of the app did not answer in time',
  'configuration.invalid': 'The app is not configured correctly',
};

/** As a program is told. */
export const problemOf = (error: AppError): Response => {
  const { status, title } = errorCatalog[error.type];
  const retryAfter = /(\d+) s(?:econds)?\.$/.exec(error.detail)?.[1];
  return Response.json(
    {
      type: `urn:aidevos:problem:${error.type}`,
      title: titles[error.type] ?? title,
      status,
      detail: error.detail,
      ...(error.issues === undefined ? {} : { errors: error.issues }),
    },
    {
      status,
      headers: {
        'content-type': contentType,
        ...(error.type === 'rate.limited' && retryAfter !== undefined ? { 'retry-after': retryAfter } : {}),
      },
    },
  );
};

/** A problem as a page, where a browser asked for one; every other answer stays as it is. */
export const forPerson = async ({ method, headers }: Request, answer: Response): Promise<Response> => {
  const isRead = method === 'GET' || method === 'HEAD';
  const wantsPage = isRead && (headers.get('accept') ?? '').includes('text/html');
  if (!wantsPage || answer.headers.get('content-type') !== contentType) return answer;
  // SAFETY: `problemOf` is the only one here who answers this type.
  const { title, detail, status } = await answer.json<{ title: string; detail: string; status: number }>();
  const home = escapeHtml(`${headers.get('x-forwarded-prefix') ?? ''}/`);
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head><body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p><p><a href="${home}">To the beginning</a></p></body></html>
`;
  const kept = new Headers(answer.headers);
  for (const [name, value] of Object.entries(pageHeaders)) kept.set(name, value);
  kept.set('content-type', 'text/html; charset=utf-8');
  return new Response(method === 'HEAD' ? null : page, { status, headers: kept });
};
