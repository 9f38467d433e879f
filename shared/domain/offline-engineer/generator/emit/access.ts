/** Prints what lets an application use the platform's services: the Durable Object that wires them, and the declaration. */
import type { AppModel } from '../../app-model.ts';
import type { BlueprintFile } from '../../blueprint.ts';
import type { Design } from '../design.ts';
import { printJson } from '../literal.ts';
import { templatesUnder } from '../templates/index.ts';
import { dataDeclaration, keepsRecords, recordsItem } from './records.ts';

/** Key of the item that writes these files. */
export const accessItem = 'access';

/** Whether the model asks for any service. */
export const usesServices = (model: AppModel): boolean => hasAccessWork(model) || keepsRecords(model);

/** Whether something stands before the application; without it there is nothing to test but the records. */
export const hasAccessWork = ({ access, usage }: AppModel): boolean => access !== undefined || usage !== undefined;

const declaration = (design: Design): string => {
  const { access, usage } = design.model;
  return printJson({
    ...(access ? { auth: {} } : {}),
    ...(keepsRecords(design.model) ? { data: dataDeclaration(design) } : {}),
    ...(usage ? { analytics: {} } : {}),
  });
};

/** `src/access/` with its tests, as far as the model asks for it, and `services.json`. */
export const accessFiles = (design: Design): readonly BlueprintFile[] => {
  const { model } = design;
  if (!usesServices(model)) return [];
  const wanted = [
    'src/access/services.ts',
    ...(hasAccessWork(model) ? ['test/access/fake-services.ts'] : []),
    ...(model.access ? ['src/access/gate.ts', 'src/access/session.ts', 'test/access/gate.test.ts'] : []),
    ...(model.usage ? ['src/access/usage.ts', 'test/access/usage.test.ts'] : []),
  ];
  const templates = templatesUnder('src/access/', 'test/access/').filter(({ path }) => wanted.includes(path));
  const item = hasAccessWork(model) ? accessItem : recordsItem;
  return [
    ...templates.map((template) => ({ ...template, item })),
    { path: 'services.json', content: declaration(design), item, kind: 'source' },
  ];
};

const answerOf = (model: AppModel): string => {
  const { access, usage } = model;
  const app =
    access?.isPersonal === true
      ? 'createApp({ ...shared, ...(owner === undefined ? {} : { owner }) })'
      : 'createApp(shared)';
  const owner = access?.isPersonal === true ? ', owner' : '';
  const kept = keepsRecords(model) ? `    const kept = desk.around(${app}${owner});\n` : `    const kept = ${app};\n`;
  const made = usage
    ? '    const made = countUsage(env.ANALYTICS, systemClock, owner, kept);\n'
    : '    const made = kept;\n';
  return `${kept}${made}`;
};

const gateOf = ({ access }: AppModel): string =>
  access
    ? '  return createGate({\n    auth: env.AUTH,\n    clock: systemClock,\n    answerFor: (account) => answerFor(account?.accountId),\n  });\n'
    : '  return answerFor(undefined);\n';

const sharedOf = (model: AppModel): string =>
  keepsRecords(model)
    ? `  const database = createStorageDatabase(storage);
  const desk = openDesk({ data: env.DATA, database, clock: systemClock, collections, offers });
  const shared = { database: desk.database, clock: systemClock };
`
    : '  const shared = { database: createStorageDatabase(storage), clock: systemClock };\n';

/** Import lines in the order of their modules, each only where it is used. */
const importsOf = (model: AppModel): string => {
  const { access, usage } = model;
  const types = [...(usage ? ['AnalyticsService'] : []), ...(access ? ['AuthService'] : [])];
  return [
    ...(access ? ["import { createGate } from './access/gate.ts';"] : []),
    ...(types.length > 0 ? [`import type { ${types.join(', ')} } from './access/services.ts';`] : []),
    ...(usage ? ["import { countUsage } from './access/usage.ts';"] : []),
    "import { createApp } from './app.ts';",
    "import { systemClock } from './clock.ts';",
    "import { createStorageDatabase } from './database.ts';",
    "import type { SqlStorageLike } from './database.ts';",
    ...(keepsRecords(model)
      ? [
          "import { collections, offers } from './records/collections.ts';",
          "import { openDesk } from './records/desk.ts';",
          "import type { DataService } from './records/service.ts';",
        ]
      : []),
  ].join('\n');
};

const whereDataLives = (model: AppModel): string =>
  keepsRecords(model)
    ? 'one Durable Object answers every request, on a copy of\n * the records that the Data service keeps. The services that `services.json` declares come from the platform.'
    : 'one Durable Object holds all data and answers every request. The\n * services that `services.json` declares come from the platform.';

/** `src/worker.ts` of an application that uses services. */
export const printAccessWorker = (model: AppModel): string => {
  const { access, usage } = model;
  const bindings = [
    ...(access ? ['  readonly AUTH: AuthService;\n'] : []),
    ...(keepsRecords(model) ? ['  readonly DATA: DataService;\n'] : []),
    ...(usage ? ['  readonly ANALYTICS: AnalyticsService;\n'] : []),
  ].join('');
  return `/**
 * Where Cloudflare Workers meet the application: ${whereDataLives(model)}
 */
import { DurableObject } from 'cloudflare:workers';
${importsOf(model)}

interface Services {
${bindings}}

type Answer = (request: Request) => Promise<Response>;

/** People whose part of the application is kept ready. */
const mostReady = 500;

const wire = (storage: SqlStorageLike, env: Services): Answer => {
${sharedOf(model)}  const ready = new Map<string | undefined, Answer>();
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
