/** `aidevos services`: what the workspace's services are, who offers what, and registering one's own. */
import type { Command } from 'commander';
import { registryShards } from '../../shared/domain/service-registry/shard.ts';
import type { ServiceEvent } from '../../shared/protocol/service-events.ts';
import { answerOf } from '../api/client.ts';
import { followLog, type StoredLogEvent } from '../api/follow.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { interruptSignal } from '../watch.ts';
import { readMetadata, wordsOf, type MetadataOptions } from './service-metadata.ts';
import { addUpgradeCommands } from './service-upgrades.ts';

interface CriteriaOptions {
  readonly name?: string;
  readonly range?: string;
  readonly kind?: string;
  readonly tag?: string;
  readonly capability?: string;
  readonly region?: string;
}

interface Shown {
  readonly name: string;
  readonly instance: string;
  readonly kind: string;
  readonly health: string;
  readonly metadata: { readonly version: string; readonly weight: number; readonly capabilities: readonly string[] };
  readonly lease?: { readonly expiresAt: number } | undefined;
}

const serviceTable = (services: readonly Shown[]): string =>
  table(
    ['SERVICE', 'VERSION', 'KIND', 'HEALTH', 'WEIGHT', 'LEASE ENDS (UTC)', 'CAPABILITIES'],
    services.map(({ name, instance, kind, health, metadata, lease }) => [
      `${name}/${instance}`,
      metadata.version,
      kind,
      health,
      String(metadata.weight),
      lease === undefined ? 'none' : dateText(lease.expiresAt),
      metadata.capabilities.join(' '),
    ]),
  );

const parseAddress = (text: string): { readonly service: string; readonly instance: string } => {
  const [service = '', instance = 'main', ...rest] = text.split('/');
  if (service === '' || rest.length > 0)
    throw usageFailure(`"${text}" is no service: give <name> or <name>/<instance>`);
  return { service, instance };
};

const criteriaOf = ({ name, range, kind, tag, capability, region }: CriteriaOptions) => ({
  ...(name === undefined ? {} : { name }),
  ...(range === undefined ? {} : { version: range }),
  // The platform says which kinds there are.
  ...(kind === undefined ? {} : { kind: kind as 'platform' }),
  ...(tag === undefined ? {} : { tag }),
  ...(capability === undefined ? {} : { capability }),
  ...(region === undefined ? {} : { region }),
});

const list = async (options: CriteriaOptions & { readonly search?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = {
    ...criteriaOf(options),
    ...(options.search === undefined ? {} : { search: options.search }),
    limit: '500',
  };
  const document = await answerOf(client.api.services.$get({ query }));
  answer(json, document, ({ services, next }) => {
    if (services.length === 0) return 'No service is like that. Without options all are listed.';
    return next === undefined ? serviceTable(services) : `${serviceTable(services)}\nThere are more; narrow it down.`;
  });
};

const discover = async (options: CriteriaOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api['service-discovery'].$get({ query: criteriaOf(options) }));
  answer(json, document, ({ services, lapsed }) => {
    if (services.length === 0) return 'Nobody offers that now. `aidevos services list` shows what is registered.';
    const warning = `\nThe registry has been silent since ${dateText(document.asOf)}: these may be gone.`;
    return lapsed ? serviceTable(services) + warning : serviceTable(services);
  });
};

const show = async (name: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.services[':service'].$get({ param: { service: name } }));
  answer(json, document, ({ services }) => {
    const details = services.map(({ name, instance, owner, metadata, endpoints, registeredAt, revision }) =>
      [
        `${name}/${instance}  ${metadata.title ?? ''}`.trimEnd(),
        ...(metadata.description === undefined ? [] : [`  ${metadata.description}`]),
        `  owner ${owner}, revision ${revision}, registered ${dateText(registeredAt)}`,
        ...endpoints.map((endpoint) => `  at ${JSON.stringify(endpoint)}`),
      ].join('\n'),
    );
    return [serviceTable(services), ...details].join('\n\n');
  });
};

interface RegisterOptions extends MetadataOptions {
  readonly address?: string;
  readonly project?: string;
  readonly slot: string;
  readonly lease?: string;
}

const register = async (place: string, options: RegisterOptions, command: Command): Promise<void> => {
  const { address: url, project, slot, lease } = options;
  if ((url === undefined) === (project === undefined))
    throw usageFailure('give --address, or --project for a deployed app');
  if (options.version === undefined) throw usageFailure('give --version, for example --version 1.0.0');
  const { service: name, instance } = parseAddress(place);
  const { client, json } = await createContext(command);
  const endpoint =
    project === undefined
      ? { kind: 'http' as const, url: url ?? '' }
      : { kind: 'app' as const, projectId: project, slot: slot as 'production' };
  const metadata = { version: options.version, ...readMetadata(options) };
  const leases = lease === undefined ? {} : { leaseSeconds: Number(lease) };
  const body = { name, instance, metadata, endpoints: [endpoint], ...leases };
  const document = await answerOf(client.api.services.$post({ json: body }));
  answer(json, document, ({ service, leaseToken }) => {
    const done = `${service.name}/${service.instance} is registered with version ${service.metadata.version}.`;
    if (leaseToken === undefined) return `${done} It stays until it is deregistered.`;
    return (
      `${done}\nIts lease is ${lease} s: send heartbeats with this token, which is shown only now.\n${leaseToken}\n` +
      `For example:  aidevos services heartbeat ${service.name}/${service.instance} --token <token>`
    );
  });
};

const update = async (
  place: string,
  options: MetadataOptions & { readonly address?: string },
  command: Command,
): Promise<void> => {
  const param = parseAddress(place);
  const { client, json } = await createContext(command);
  const { version, address: url } = options;
  const metadata = { ...(version === undefined ? {} : { version }), ...readMetadata(options) };
  const endpoints = url === undefined ? {} : { endpoints: [{ kind: 'http' as const, url }] };
  if (Object.keys(metadata).length === 0 && url === undefined)
    throw usageFailure('say what changes; --help shows what can');
  const request = client.api['service-instances'][':service'][':instance'].$patch({
    param,
    json: { metadata, ...endpoints },
  });
  answer(
    json,
    await answerOf(request),
    (service) => `${serviceTable([service])}\nIt is at revision ${service.revision} now.`,
  );
};

const deregister = async (address: string, _options: unknown, command: Command): Promise<void> => {
  const param = parseAddress(address);
  const { client, json } = await createContext(command);
  const request = client.api['service-instances'][':service'][':instance'].$delete({ param });
  answer(json, await answerOf(request), ({ name, instance }) => `${name}/${instance} is deregistered.`);
};

interface HeartbeatOptions {
  readonly token: string;
  readonly health?: string;
  readonly load?: string;
}

const heartbeat = async (address: string, options: HeartbeatOptions, command: Command): Promise<void> => {
  const param = parseAddress(address);
  const { client, json } = await createContext(command);
  const { token, health, load } = options;
  const body = {
    leaseToken: token,
    // The platform says which there are.
    ...(health === undefined ? {} : { health: health as 'passing' }),
    ...(load === undefined ? {} : { load: Number(load) }),
  };
  const request = client.api['service-instances'][':service'][':instance'].heartbeat.$post({ param, json: body });
  answer(json, await answerOf(request), ({ expiresAt }) => `The lease runs until ${dateText(expiresAt)} UTC.`);
};

const lineOf = ({ recordedAt, event }: StoredLogEvent<ServiceEvent>): string => {
  const said = (): string => {
    switch (event.type) {
      case 'service.registered':
      case 'service.updated':
        return `version ${event.metadata.version}, weight ${event.metadata.weight}`;
      case 'service.health_changed':
        return event.health;
      case 'service.deregistered':
        return event.reason;
      case 'service.upgrade_started':
        return `from ${event.from.join(', ')} to ${event.to}, first ${event.steps[0]}%`;
      case 'service.upgrade_stepped':
        return `${event.percent}%`;
      case 'service.upgrade_paused':
      case 'service.upgrade_resumed':
        return `by ${event.by}`;
      case 'service.upgrade_ended':
        return `${event.status}: ${event.end}`;
    }
  };
  const subject = 'instance' in event ? `${event.name}/${event.instance}` : event.name;
  return `${dateText(recordedAt)}  ${event.type.slice('service.'.length).padEnd(15)}  ${subject}  ${said()}`;
};

const watch = async (
  name: string | undefined,
  options: { readonly all?: boolean },
  command: Command,
): Promise<void> => {
  const { client, connection, json } = await createContext(command);
  const signal = interruptSignal();
  const follow = async (shard: number): Promise<void> => {
    const start = options.all === true ? 0 : await endOf(client, shard);
    const path = `/api/service-events/${shard}`;
    for await (const item of followLog<ServiceEvent>(connection, path, { after: start, signal })) {
      if (item.type !== 'event' || (name !== undefined && item.stored.event.name !== name)) continue;
      console.log(json ? JSON.stringify({ shard, ...item.stored }) : lineOf(item.stored));
    }
  };
  await Promise.all(Array.from({ length: registryShards }, (_entry, shard) => follow(shard)));
};

/** Where a shard's log ends now. */
const endOf = async (client: Awaited<ReturnType<typeof createContext>>['client'], shard: number): Promise<number> => {
  for (let after = 0; ;) {
    const query = { after: String(after), limit: '1000' };
    const page = await answerOf(
      client.api['service-events'][':shard'].$get({ param: { shard: String(shard) }, query }),
    );
    if (page.events.length < 1_000) return page.next;
    after = page.next;
  }
};

const withCriteria = (command: Command): Command =>
  command
    .option('--name <name>', 'of this name')
    .option('--range <range>', 'of a version in this range, like ^1.2')
    .option('--kind <kind>', 'platform, app, composition or external')
    .option('--tag <tags>', 'with all these tags, separated by commas')
    .option('--capability <capabilities>', 'that can do all this, separated by commas')
    .option('--region <region>', 'near ones first');

const withMetadata = (command: Command): Command =>
  command
    .option('--version <version>', 'a semantic version')
    .option('--title <title>')
    .option('--description <text>')
    .option('--tag <tags>', 'separated by commas', wordsOf)
    .option('--capability <capabilities>', 'what it can do, separated by commas', wordsOf)
    .option('--region <region>')
    .option('--weight <weight>', 'share of the requests, 0 to 1000')
    .option('--policy <policy>', 'weighted, least-loaded or sticky')
    .option('--attribute <key=value...>', 'anything else');

export const addServiceCommands = (program: Command): void => {
  const services = program.command('services').description('find, register and watch services');
  withCriteria(services.command('list', { isDefault: true }).description('list all instances'))
    .option('--search <text>', 'part of the name, title or description')
    .action(list);
  services.command('show').description('one service with all its instances').argument('<name>').action(show);
  withCriteria(services.command('discover').description('who can be sent requests now, best first')).action(discover);
  withMetadata(services.command('register').description('make an instance known').argument('<name/instance>'))
    .option('--address <url>', 'its base address, on an origin that the operator allows')
    .option('--project <project>', 'the deployed app of this project instead')
    .option('--slot <slot>', 'of that app', 'production')
    .option('--lease <seconds>', 'take it out when no heartbeat comes for so long')
    .action(register);
  withMetadata(services.command('update').description('change an instance, or its share').argument('<name/instance>'))
    .option('--address <url>', 'another base address')
    .action(update);
  services.command('deregister').description('take an instance out').argument('<name/instance>').action(deregister);
  services
    .command('heartbeat')
    .description('extend the lease of an instance')
    .argument('<name/instance>')
    .requiredOption('--token <token>', 'from its registration')
    .option('--health <health>', 'passing, warning or failing')
    .option('--load <load>', '0 is idle, 1 is full')
    .action(heartbeat);
  addUpgradeCommands(services);
  services
    .command('watch')
    .description('follow what changes, until Ctrl-C')
    .argument('[name]', 'of one service only')
    .option('--all', 'from the beginning')
    .action(watch);
};
