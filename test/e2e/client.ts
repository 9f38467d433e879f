/** A user's view of the API, by plain `fetch`. */
import { inject } from 'vitest';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const request = async (
  path: string,
  init: RequestInit & { readonly key?: string | null } = {},
): Promise<Answer> => {
  const { key = inject('apiKey'), ...rest } = init;
  const headers = new Headers(rest.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  const response = await fetch(path.startsWith('http') ? path : `${inject('url')}${path}`, { ...rest, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
};

export const sendJson = (path: string, body: unknown, method = 'POST', key?: string): Promise<Answer> =>
  request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(key === undefined ? {} : { key }),
  });

export interface ProjectAnswer {
  readonly projectId: string;
  readonly status: string;
  readonly stage: string;
  readonly reason?: string;
  readonly sentences?: readonly { readonly sentence: string; readonly reason: string }[];
}

const final = new Set(['completed', 'blocked', 'failed', 'cancelled']);

/** Creates a project and waits until it moves no more. */
export const buildProject = async (specification: string, more: object = {}): Promise<ProjectAnswer> => {
  const created = await sendJson('/api/projects', { specification, ...more });
  if (created.status !== 201) throw new Error(`creating answered ${created.status}: ${created.text}`);
  const { projectId } = created.json as ProjectAnswer;
  return waitForProject(projectId);
};

export const waitForProject = async (projectId: string): Promise<ProjectAnswer> => {
  for (;;) {
    const { json } = await request(`/api/projects/${projectId}`);
    const project = json as ProjectAnswer;
    if (final.has(project.status)) return project;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
};
