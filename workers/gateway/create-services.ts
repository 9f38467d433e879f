/** The real services, from the Worker's bindings. They keep nothing between requests but short caches in the isolate. */
import {
  agentStub,
  appName,
  composerStub,
  compositionGroup,
  conversationStub,
  projectStub,
  repositoryStub,
  serviceRegistryStub,
  topicCatalogStub,
  topicStub,
  trialStub,
  workspaceStub,
  type ObjectBindings,
} from '../../durable-objects/stubs.ts';
import { browserOf, type BrowserVariables } from '../../shared/adapters/browser/browser-service.ts';
import { createKeyedHash } from '../../shared/adapters/crypto/keyed-hash.ts';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { createDirectoryReader } from '../../shared/adapters/directory/reader.ts';
import { createDirectoryWriter } from '../../shared/adapters/directory/writer.ts';
import { readModelAccounts } from '../../shared/adapters/models/index.ts';
import { ProviderGuard, readGuardPolicies } from '../../shared/adapters/models/provider-guard.ts';
import { VaultDesk } from '../../shared/adapters/vault/vault-desk.ts';
import { Vaults, type VaultsParts } from '../../shared/adapters/vault/vaults.ts';
import { webOf, type WebVariables } from '../../shared/adapters/web/web-of-environment.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import { createChatModels } from './chat-models.ts';
import type { Config } from './config.ts';
import { createConversationIds } from './conversation-ids.ts';
import { createEventStreams } from './event-streams.ts';
import { createKeyRing } from './key-ring.ts';
import { openLanguageSocket } from './language-socket.ts';
import { openResponseSocket } from './response-socket.ts';
import { writeLogLine, type LogWriter } from './log.ts';
import { ask } from './objects.ts';
import { KnownTopics } from './known-topics.ts';
import { ModelCalls } from './model-calls/model-calls.ts';
import { createProjectOwners } from './project-owners.ts';
import { createResponseIds } from './response-ids.ts';
import { createServiceAccess } from './create-service-access.ts';
import type { Fetching, Services } from './services.ts';
import { createProgramCalls } from './tool-calls/program-calls.ts';

/** The gateway Worker's bindings, under the names of `wrangler.toml`. */
export interface GatewayBindings extends ObjectBindings, WebVariables, BrowserVariables {
  readonly DIRECTORY: D1Database;
  readonly SANDBOX: SandboxRpc;
  readonly SANDBOX_HTTP: Fetching;
  readonly TOOLCHAIN: ToolchainRpc;
  readonly ASSETS: Fetching;
}

/** The keys of the workspaces, as far as this isolate knows them. */
export const createVaults = (
  bindings: GatewayBindings,
  { vaultKeys, modelOrigins }: Config,
  { clock, log, workspace }: { clock: Clock; log: LogWriter; workspace: Services['objects']['workspace'] },
): Pick<Services, 'vaults' | 'vaultDesk'> => {
  const parts: VaultsParts = {
    masters: vaultKeys,
    environment: bindings,
    platform: readModelAccounts(bindings),
    origins: modelOrigins,
    now: () => clock.now(),
    ask: (workspaceId, call) => ask(() => call(workspace(workspaceId)), { log, requestId: '', part: 'workspace' }),
    report: (message) => log({ level: 'error', message }),
  };
  return { vaults: new Vaults(parts), vaultDesk: new VaultDesk(parts) };
};

/** Every object of the platform, addressed anew for each call. */
const createObjects = (bindings: GatewayBindings): Services['objects'] => ({
  project: (workspaceId, projectId) => projectStub(bindings, workspaceId, projectId),
  agent: (workspaceId, agentId) => agentStub(bindings, workspaceId, agentId),
  repository: (workspaceId, projectId) => repositoryStub(bindings, workspaceId, projectId),
  workspace: (workspaceId) => workspaceStub(bindings, workspaceId),
  trial: (workspaceId, kind, id) => trialStub(bindings, workspaceId, kind, id),
  composer: (workspaceId) => composerStub(bindings, workspaceId),
  conversation: (workspaceId, conversationId) => conversationStub(bindings, workspaceId, conversationId),
  serviceRegistry: (workspaceId, shard) => serviceRegistryStub(bindings, workspaceId, shard),
  topic: (workspaceId, topic) => topicStub(bindings, workspaceId, topic),
  topicCatalog: (workspaceId) => topicCatalogStub(bindings, workspaceId),
});

/** What tools that persons run reach besides. */
const toolServices = (
  bindings: GatewayBindings,
): Pick<Services, 'programCalls' | 'appName' | 'compositionGroup' | 'web' | 'fetchOpened' | 'browser'> => {
  const { web, opened } = webOf(bindings);
  return {
    programCalls: createProgramCalls,
    appName,
    compositionGroup,
    web,
    fetchOpened: opened,
    browser: browserOf(bindings),
  };
};

/** The services of a Worker. */
export const createServices = (bindings: GatewayBindings, config: Config): Services => {
  const clock = systemClock;
  const ids = createRandomIds(clock);
  const hash = createKeyedHash(config.keyPepper);
  const workspace: Services['objects']['workspace'] = (workspaceId) => workspaceStub(bindings, workspaceId);
  const vault = createVaults(bindings, config, { clock, log: writeLogLine, workspace });
  const chatModels = createChatModels({
    accounts: readModelAccounts(bindings),
    guard: new ProviderGuard(readGuardPolicies(bindings)),
    names: [config.defaultModel, ...config.models],
    aliases: config.aliases,
    chains: config.chains,
  });
  const directory = { ...createDirectoryReader(bindings.DIRECTORY), ...createDirectoryWriter(bindings.DIRECTORY) };
  return {
    config,
    clock,
    ids,
    log: writeLogLine,
    hash,
    keys: createKeyRing({ config, clock, hash, directory, log: writeLogLine }),
    directory,
    owners: createProjectOwners(directory),
    knownTopics: new KnownTopics(),
    objects: createObjects(bindings),
    ...createServiceAccess(bindings, { clock, ids, log: writeLogLine, origins: config.serviceOrigins }),
    streams: createEventStreams(),
    openLanguageSocket,
    openResponseSocket,
    sandbox: bindings.SANDBOX,
    sandboxHttp: bindings.SANDBOX_HTTP,
    toolchain: bindings.TOOLCHAIN,
    ...toolServices(bindings),
    assets: bindings.ASSETS,
    chatModels,
    modelCalls: new ModelCalls({
      clock,
      log: writeLogLine,
      limits: config.rateLimits,
      vaults: vault.vaults,
      workspace,
    }),
    ...vault,
    conversationIds: createConversationIds(ids, hash),
    responseIds: createResponseIds(ids, hash),
  };
};
