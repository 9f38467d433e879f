/** `aidevos services list`, `show` and `discover`: what there is, single objects of the platform included. */
import type { Command } from 'commander';
import { isSingleObject } from '../../shared/domain/service-registry/platform-kinds.ts';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { readAttributes } from './service-metadata.ts';

interface AttributeOptions {
  readonly attribute?: readonly string[];
}

interface CriteriaOptions extends AttributeOptions {
  readonly name?: string;
  readonly range?: string;
  readonly kind?: string;
  readonly tag?: string;
  readonly capability?: string;
  readonly region?: string;
}

interface PageOptions extends AttributeOptions {
  readonly search?: string;
  readonly after?: string;
  readonly limit?: string;
}

interface Shown {
  readonly name: string;
  readonly instance: string;
  readonly kind: string;
  readonly health: string;
  readonly metadata: {
    readonly version: string;
    readonly weight: number;
    readonly capabilities: readonly string[];
    readonly attributes: Readonly<Record<string, string>>;
  };
  readonly lease?: { readonly expiresAt: number } | undefined;
}

/** What tells an instance from its like: what it can do, or of objects of one kind what they are. */
const detailOf = (service: Shown): string =>
  isSingleObject(service)
    ? Object.entries(service.metadata.attributes)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')
    : service.metadata.capabilities.join(' ');

export const serviceTable = (services: readonly Shown[]): string =>
  table(
    ['SERVICE', 'VERSION', 'KIND', 'HEALTH', 'WEIGHT', 'LEASE ENDS (UTC)', 'CAPABILITIES OR ATTRIBUTES'],
    services.map((service) => [
      `${service.name}/${service.instance}`,
      service.metadata.version,
      service.kind,
      service.health,
      String(service.metadata.weight),
      service.lease === undefined ? 'none' : dateText(service.lease.expiresAt),
      detailOf(service),
    ]),
  );

/** The parts of `<name>` or `<name>/<instance>`. */
export const parseAddress = (text: string): { readonly service: string; readonly instance?: string } => {
  const [service = '', instance, ...rest] = text.split('/');
  if (service === '' || instance === '' || rest.length > 0)
    throw usageFailure(`"${text}" is no service: give <name> or <name>/<instance>`);
  return instance === undefined ? { service } : { service, instance };
};

const attributesOf = ({ attribute }: AttributeOptions) =>
  attribute === undefined
    ? {}
    : { attribute: Object.entries(readAttributes(attribute)).map(([key, value]) => `${key}:${value}`) };

const criteriaOf = ({ name, range, kind, tag, capability, region, ...rest }: CriteriaOptions) => ({
  ...(name === undefined ? {} : { name }),
  ...(range === undefined ? {} : { version: range }),
  // The platform says which kinds there are.
  ...(kind === undefined ? {} : { kind: kind as 'platform' }),
  ...(tag === undefined ? {} : { tag }),
  ...(capability === undefined ? {} : { capability }),
  ...attributesOf(rest),
  ...(region === undefined ? {} : { region }),
});

const pageOf = ({ search, after, limit }: PageOptions, usual: string) => ({
  ...(search === undefined ? {} : { search }),
  ...(after === undefined ? {} : { after }),
  limit: limit ?? usual,
});

const moreText = (next: string | undefined): string =>
  next === undefined ? '' : `\nThere are more: narrow it down, or go on with --after ${next}`;

const list = async (options: CriteriaOptions & PageOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { ...criteriaOf(options), ...pageOf(options, '500') };
  const document = await answerOf(client.api.services.$get({ query }));
  answer(json, document, ({ services, next }) =>
    services.length === 0
      ? 'No service is like that. Without options all are listed.'
      : serviceTable(services) + moreText(next),
  );
};

const discover = async (options: CriteriaOptions & { readonly limit?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const limit = options.limit === undefined ? {} : { limit: options.limit };
  const query = { ...criteriaOf(options), ...limit };
  const document = await answerOf(client.api['service-discovery'].$get({ query }));
  answer(json, document, ({ services, lapsed }) => {
    if (services.length === 0) return 'Nobody offers that now. `aidevos services list` shows what is registered.';
    const warning = `\nThe registry has been silent since ${dateText(document.asOf)}: these may be gone.`;
    return lapsed ? serviceTable(services) + warning : serviceTable(services);
  });
};

interface Described extends Shown {
  readonly owner: string;
  readonly metadata: Shown['metadata'] & {
    readonly title?: string | undefined;
    readonly description?: string | undefined;
  };
  readonly endpoints: readonly unknown[];
  readonly registeredAt: number;
  readonly revision: number;
}

const describe = ({ name, instance, owner, metadata, endpoints, registeredAt, revision }: Described): string =>
  [
    `${name}/${instance}  ${metadata.title ?? ''}`.trimEnd(),
    ...(metadata.description === undefined ? [] : [`  ${metadata.description}`]),
    `  owner ${owner}, revision ${revision}, registered ${dateText(registeredAt)}`,
    ...endpoints.map((endpoint) => `  at ${JSON.stringify(endpoint)}`),
  ].join('\n');

const show = async (place: string, options: PageOptions, command: Command): Promise<void> => {
  const { service, instance } = parseAddress(place);
  const { client, json } = await createContext(command);
  if (instance !== undefined) {
    const request = client.api['service-instances'][':service'][':instance'].$get({ param: { service, instance } });
    answer(json, await answerOf(request), (one) => `${serviceTable([one])}\n\n${describe(one)}`);
    return;
  }
  const query = { ...attributesOf(options), ...pageOf(options, '100') };
  const document = await answerOf(client.api.services[':service'].$get({ param: { service }, query }));
  answer(json, document, ({ services, next }) => {
    if (services.length === 0) return `${service} has no instance like that.`;
    // Objects of a kind differ in what the table says of them.
    const described = services.filter((one) => !isSingleObject(one)).map(describe);
    return [serviceTable(services) + moreText(next), ...described].join('\n\n');
  });
};

const withAttributes = (command: Command): Command =>
  command.option('--attribute <key=value...>', 'whose attribute is so, as role=backend of an agent');

const withCriteria = (command: Command): Command =>
  withAttributes(
    command
      .option('--name <name>', 'of this name; aidevos-agent and its like have the single objects of the platform')
      .option('--range <range>', 'of a version in this range, like ^1.2')
      .option('--kind <kind>', 'platform, app, composition or external')
      .option('--tag <tags>', 'with all these tags, separated by commas')
      .option('--capability <capabilities>', 'that can do all this, separated by commas')
      .option('--region <region>', 'near ones first'),
  );

const withPage = (command: Command): Command =>
  command
    .option('--search <text>', 'part of the name, title or description')
    .option('--after <name/instance>', 'go on after this one')
    .option('--limit <number>', 'so many, at most 500');

export const addFindingCommands = (services: Command): void => {
  withPage(withCriteria(services.command('list', { isDefault: true }).description('list all instances'))).action(list);
  withPage(
    withAttributes(
      services
        .command('show')
        .description('one service with its instances, or one instance or object')
        .argument('<name or name/instance>'),
    ),
  ).action(show);
  withCriteria(services.command('discover').description('who can be sent requests now, best first'))
    .option('--limit <number>', 'so many, at most 500')
    .action(discover);
};
