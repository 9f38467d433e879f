/** Prints what lets an application use the platform's services: the Durable Object that wires them, and the declaration. */
import type { AppModel } from '../../app-model.ts';
import type { BlueprintFile } from '../../blueprint.ts';
import { templatesUnder } from '../templates/index.ts';

/** Key of the item that writes these files. */
export const accessItem = 'access';

/** Whether the model asks for any service. */
export const usesServices = ({ access, usage }: AppModel): boolean => access !== undefined || usage !== undefined;

const declaration = ({ access, usage }: AppModel): string =>
  `${JSON.stringify({ ...(access ? { auth: {} } : {}), ...(usage ? { analytics: {} } : {}) }, null, 2)}\n`;

/** `src/access/` with its tests, as far as the model asks for it, and `services.json`. */
export const accessFiles = (model: AppModel): readonly BlueprintFile[] => {
  if (!usesServices(model)) return [];
  const wanted = [
    'src/access/services.ts',
    'test/access/fake-services.ts',
    ...(model.access ? ['src/access/gate.ts', 'src/access/session.ts', 'test/access/gate.test.ts'] : []),
    ...(model.usage ? ['src/access/usage.ts', 'test/access/usage.test.ts'] : []),
  ];
  const templates = templatesUnder('src/access/', 'test/access/').filter(({ path }) => wanted.includes(path));
  return [
    ...templates.map((template) => ({ ...template, item: accessItem })),
    { path: 'services.json', content: declaration(model), item: accessItem, kind: 'source' },
  ];
};

const answerOf = ({ access, usage }: AppModel): string => {
  const personal = access?.isPersonal === true;
  const app = personal
    ? 'const app = createApp({ ...shared, ...(owner === undefined ? {} : { owner }) });'
    : 'const app = createApp(shared);';
  const made = usage ? 'const made = countUsage(env.ANALYTICS, systemClock, owner, app);' : 'const made = app;';
  return `    ${app}\n    ${made}\n`;
};

const gateOf = ({ access }: AppModel): string =>
  access
    ? '  return createGate({\n    auth: env.AUTH,\n    clock: systemClock,\n    answerFor: (account) => answerFor(account?.accountId),\n  });\n'
    : '  return answerFor(undefined);\n';

/** `src/worker.ts` of an application that uses services. */
export const printAccessWorker = (model: AppModel): string => {
  const { access, usage } = model;
  const services = [...(access ? ['AuthService'] : []), ...(usage ? ['AnalyticsService'] : [])].reverse();
  const bindings = [
    ...(access ? ['  readonly AUTH: AuthService;\n'] : []),
    ...(usage ? ['  readonly ANALYTICS: AnalyticsService;\n'] : []),
  ].join('');
  return `/**
 * Where Cloudflare Workers meet the application: one Durable Object holds all data and answers every request. The
 * services that \`services.json\` declares come from the platform.
 */
import { DurableObject } from 'cloudflare:workers';
${access ? "import { createGate } from './access/gate.ts';\n" : ''}import type { ${services.join(', ')} } from './access/services.ts';
${usage ? "import { countUsage } from './access/usage.ts';\n" : ''}import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import { createStorageDatabase } from './database.ts';
import type { SqlStorageLike } from './database.ts';

interface Services {
${bindings}}

type Answer = (request: Request) => Promise<Response>;

/** People whose part of the application is kept ready. */
const mostReady = 500;

const wire = (storage: SqlStorageLike, env: Services): Answer => {
  const shared = { database: createStorageDatabase(storage), clock: systemClock };
  const ready = new Map<string | undefined, Answer>();
  const answerFor = (owner: string | undefined): Answer => {
    const known = ready.get(owner);
    if (known) return known;
${answerOf(model)}    if (ready.size >= mostReady) ready.clear();
    ready.set(owner, made);
    return made;
  };
${gateOf(model)}};

export class App extends DurableObject<Services> {
  readonly #answer = wire(this.ctx.storage.sql, this.env);

  override async fetch(request: Request): Promise<Response> {
    return this.#answer(request);
  }
}

interface Environment {
  readonly APP: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: (request: Request, environment: Environment): Promise<Response> =>
    environment.APP.getByName('app').fetch(request),
};
`;
};
