/** Apps that are pushed events: each test says how its own app answers, and sees what came. */

export interface Push {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly sequence: number; readonly event: { readonly type: string; readonly data: unknown } };
}

type App = (push: Push) => Response | Promise<Response>;

const apps = new Map<string, App>();

/** From now on requests to this path are answered so. */
export const setApp = (path: string, app: App): void => {
  apps.set(path, app);
};

/** The sandbox's side. */
export const answerPush = async (request: Request): Promise<Response> => {
  const { pathname } = new URL(request.url);
  const app = [...apps.entries()].find(([path]) => pathname.endsWith(path))?.[1];
  if (app === undefined) return new Response('no such app', { status: 404 });
  return await app({
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.json<Push['body']>(),
  });
};
