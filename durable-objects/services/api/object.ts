/** Api of one group: admits requests to declared routes, issues keys, holds callers to their rates. */
import { checkApiContent } from '../../../shared/domain/services/check-content.ts';
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { matchRoute } from '../../../shared/domain/services/api/routes.ts';
import { openApiDocument } from '../../../shared/domain/services/api/openapi.ts';
import { invalidBecause, schemaCheck, type SchemaCheck } from '../../../shared/domain/services/data/schema.ts';
import { Buckets } from '../../../shared/domain/services/token-bucket.ts';
import { err, ok, type AppError, type Issue, type Result } from '../../../shared/errors/result.ts';
import type { AdmittedRequest, ApiRequest, ApiRpc } from '../../../shared/rpc/services/api.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import type { ApiConfiguration, ApiRoute } from '../../../shared/schemas/services/api.ts';
import { pageLimit } from '../paging.ts';
import { ServiceObject } from '../service-object.ts';
import { Keys, keyView } from './keys.ts';
import { apiMigrations, apiTables } from './migrations.ts';
import { ApiStore } from './store.ts';

type Part = 'parameters' | 'query' | 'body';

/** Who a request is from, for the limits, and the key that it proved. */
interface Caller {
  readonly name: string;
  readonly keyId?: string;
}

export class ApiObject extends ServiceObject<unknown, ApiConfiguration> implements ApiRpc {
  readonly #store: ApiStore;
  readonly #keys: Keys;
  readonly #buckets = new Buckets();
  readonly #checks = new WeakMap<object, SchemaCheck>();

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, apiMigrations, apiTables);
    this.#store = new ApiStore(this.storage);
    this.#keys = new Keys(this.#store, this.now);
  }

  async admit(request: ApiRequest): Promise<Result<AdmittedRequest>> {
    return await this.whenDeclared((configuration) => {
      const match = matchRoute(configuration.routes, request.method, request.path);
      if (match.kind === 'none') return err({ type: 'resource.not_found', detail: 'There is no such address.' });
      if (match.kind === 'other_methods') {
        const detail = `This address takes ${match.methods.join(', ')}.`;
        return err({ type: 'request.method_not_allowed', detail });
      }
      const { route, parameters } = match;
      const caller = this.#caller(route, request);
      if (!caller.ok) return caller;
      const limited = this.#limit(configuration, route, caller.value.name);
      if (!limited.ok) return limited;
      const issues = [
        ...this.#check(route, 'parameters', parameters),
        ...this.#check(route, 'query', request.query),
        ...this.#check(route, 'body', request.body),
      ];
      if (issues.length > 0) return err(invalidBecause(issues));
      const { query, body, accountId } = request;
      return ok({
        operationId: route.operationId,
        parameters,
        query,
        ...(body === undefined ? {} : { body }),
        ...(accountId === undefined ? {} : { accountId }),
        ...(caller.value.keyId === undefined ? {} : { keyId: caller.value.keyId }),
      });
    });
  }

  async takeToken({ bucket, perMinute }: Parameters<ApiRpc['takeToken']>[0]): ReturnType<ApiRpc['takeToken']> {
    return await this.whenDeclared(() => {
      if (!Number.isInteger(perMinute) || perMinute < 1 || perMinute > 60_000)
        return err(invalidBecause([{ field: 'perMinute', reason: 'must be 1 to 60000' }]));
      return ok(this.#buckets.take(`own ${plainText(bucket, 500)}`, perMinute, this.now()));
    });
  }

  async issueKey(command: Parameters<ApiRpc['issueKey']>[0]): ReturnType<ApiRpc['issueKey']> {
    return await this.whenDeclared(() => this.#keys.issue(command));
  }

  async revokeKey({ keyId }: Parameters<ApiRpc['revokeKey']>[0]): Promise<Result<null>> {
    return await this.whenDeclared(() => {
      this.#store.remove(plainText(keyId));
      return ok(null);
    });
  }

  async keys(query: Parameters<ApiRpc['keys']>[0]): ReturnType<ApiRpc['keys']> {
    return await this.whenDeclared(() => {
      const limit = pageLimit(query.limit);
      const keys = this.#store.list(query.after ?? '', limit + 1);
      const items = keys.slice(0, limit).map(keyView);
      const last = items.at(-1);
      return ok({ items, ...(keys.length > limit && last !== undefined ? { next: last.keyId } : {}) });
    });
  }

  async verifyKey({ key, scope }: Parameters<ApiRpc['verifyKey']>[0]): ReturnType<ApiRpc['verifyKey']> {
    return await this.whenDeclared(() => this.#keys.verify(key, scope));
  }

  async document({ server }: Parameters<ApiRpc['document']>[0]): Promise<Result<JsonObject>> {
    return await this.whenDeclared((configuration) => ok(openApiDocument(configuration, plainText(server))));
  }

  protected override reconfigure(configuration: ApiConfiguration): AppError | null {
    const issues = checkApiContent(configuration);
    return issues.length === 0 ? null : invalidBecause(issues);
  }

  #caller({ access, scope }: ApiRoute, { accountId, key, client }: ApiRequest): Result<Caller> {
    const takesKey = access === 'key' || access === 'any';
    if (key !== undefined && takesKey) {
      const verified = this.#keys.verify(key, scope);
      return verified.ok ? ok({ name: `key ${verified.value.keyId}`, keyId: verified.value.keyId }) : verified;
    }
    if (accountId !== undefined && access !== 'key') return ok({ name: `account ${accountId}` });
    if (access === 'public') return ok({ name: `client ${client ?? ''}` });
    const detail = access === 'key' ? 'An API key is needed.' : 'Sign in first.';
    return err({ type: 'auth.missing', detail });
  }

  #limit(configuration: ApiConfiguration, route: ApiRoute, caller: string): Result<null> {
    const own =
      route.perMinute === undefined ? undefined : ([`${caller} ${route.operationId}`, route.perMinute] as const);
    for (const [name, perMinute] of [...(own === undefined ? [] : [own]), [caller, configuration.perMinute] as const]) {
      const { retryAfterSeconds } = this.#buckets.take(name, perMinute, this.now());
      if (retryAfterSeconds !== undefined)
        return err({ type: 'rate.limited', detail: `Too many requests. Try again in ${retryAfterSeconds} seconds.` });
    }
    return ok(null);
  }

  /** Words of an address are text; a schema that asks for a number or a truth value is given one where there is one. */
  #check(route: ApiRoute, part: Part, value: unknown): readonly Issue[] {
    const schema = route[part];
    if (schema === undefined) return [];
    if (part === 'body' && value === undefined) return [{ field: 'body', reason: 'must be JSON' }];
    let check = this.#checks.get(schema);
    if (check === undefined) {
      check = schemaCheck(schema);
      this.#checks.set(schema, check);
    }
    return check(part === 'body' ? value : typed(schema, value), part);
  }
}

/** Texts as what the schema's properties say they are. */
const typed = (schema: JsonObject, value: unknown): unknown => {
  const { properties } = schema;
  if (typeof value !== 'object' || value === null || typeof properties !== 'object' || properties === null)
    return value;
  const typeOf = (name: string): unknown => {
    const property: unknown = Object.hasOwn(properties, name) ? Reflect.get(properties, name) : undefined;
    return typeof property === 'object' && property !== null && 'type' in property ? property.type : undefined;
  };
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => {
      const type = typeOf(name);
      const isNumber = (type === 'integer' || type === 'number') && typeof text === 'string' && text.trim() !== '';
      if (isNumber && Number.isFinite(Number(text))) return [name, Number(text)];
      if (type === 'boolean' && (text === 'true' || text === 'false')) return [name, text === 'true'];
      return [name, text];
    }),
  );
};
