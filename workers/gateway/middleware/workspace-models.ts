/** The models that the caller's workspace can use: with keys of its own, where it has some in its vault. */
import { createMiddleware } from 'hono/factory';
import type { WorkspaceAccounts } from '../../../shared/adapters/vault/vaults.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import type { ChatModels } from '../chat-models.ts';
import { problem } from '../errors/problem.ts';
import type { Services } from '../services.ts';

/** Made once for what a workspace's vault holds; they go with it. */
const made = new WeakMap<WorkspaceAccounts, ChatModels>();

const modelsOf = (services: Services, opened: WorkspaceAccounts): ChatModels => {
  if (opened.pools === undefined) return services.chatModels;
  const known = made.get(opened);
  if (known !== undefined) return known;
  const models = services.chatModels.withAccounts(opened.accounts, opened.pools);
  made.set(opened, models);
  return models;
};

/** Puts the models on the request, or answers why they cannot be known. Behind authentication. */
export const takeModels = async (context: AppContext): Promise<Response | undefined> => {
  const services = context.get('services');
  const { workspaceId } = context.get('principal');
  let opened = services.vaults.known(workspaceId);
  if (opened === undefined) {
    const asked = await services.vaults.accountsOf(workspaceId);
    if (!asked.ok) return problem(context, asked.error);
    opened = asked.value;
  }
  context.set('chatModels', modelsOf(services, opened));
  return undefined;
};

/** The same for a route. */
export const workspaceModels = () =>
  createMiddleware<AppEnvironment>(async (context, next) => (await takeModels(context)) ?? (await next()));
