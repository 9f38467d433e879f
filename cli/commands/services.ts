/** `aidevos services`: what the workspace's services are, who offers what, and registering one's own. */
import type { Command } from 'commander';
import { registryShards } from '../../shared/domain/service-registry/shard.ts';
import type { ServiceEvent } from '../../shared/protocol/service-events.ts';
import { answerOf } from '../api/client.ts';
import { followLog, type StoredLogEvent } from '../api/follow.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText } from '../output/print.ts';
import { interruptSignal } from '../watch.ts';
import { addFindingCommands, parseAddress, serviceTable } from './find-services.ts';
import { readMetadata, wordsOf, type MetadataOptions } from './service-metadata.ts';
import { addUpgradeCommands } from './service-upgrades.ts';

/** An instance; `main` unless it is named. */
const parsePlace = (text: string): { readonly service: string; readonly instance: string } => ({
  instance: 'main',
  ...parseAddress(text),
});

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
  const { service: name, instance } = parsePlace(place);
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
  const param = parsePlace(place);
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
  const param = parsePlace(address);
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
  const param = parsePlace(address);
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
  addFindingCommands(services);
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
