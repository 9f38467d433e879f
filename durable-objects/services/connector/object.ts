/** Connector of one group: calls to services outside, within what was declared and allowed. */
import { guardedFetch } from '../../../shared/adapters/egress/guarded-fetch.ts';
import { egressPolicy } from '../../../shared/domain/egress/grants.ts';
import { countOutcome, isOpen, type Breaker } from '../../../shared/domain/services/connector/breaker.ts';
import { checkOutgoing } from '../../../shared/domain/services/connector/outgoing.ts';
import { Buckets } from '../../../shared/domain/services/token-bucket.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ConnectorRpc, OutsideRequest, OutsideResponse } from '../../../shared/rpc/services/connector.ts';
import type { ConnectorConfiguration } from '../../../shared/schemas/services/declaration.ts';
import { operatorSecret, type Grants, type OperatorVariables } from '../environment.ts';
import { serviceHistory, ServiceObject, serviceMigrations } from '../service-object.ts';

const maxBytes = 1024 * 1024;

export const connectorMigrations = serviceMigrations([serviceHistory(2, {})]);

type Declared = ConnectorConfiguration['connectors'][number];

export class ConnectorObject
  extends ServiceObject<OperatorVariables, ConnectorConfiguration & Grants>
  implements ConnectorRpc
{
  readonly #buckets = new Buckets();
  /** By connector; in memory, since a restart is as good a time as any to try again. */
  readonly #breakers = new Map<string, Breaker>();

  constructor(ctx: DurableObjectState, env: OperatorVariables) {
    super(ctx, env, connectorMigrations);
  }

  async call(request: OutsideRequest): Promise<Result<OutsideResponse>> {
    return await this.whenDeclared(async ({ connectors, allowedOrigins }) => {
      const declared = connectors.find(({ name }) => name === request.connector);
      if (declared === undefined)
        return err({ type: 'resource.not_found', detail: 'There is no such connector: declare it in services.json.' });
      const outgoing = checkOutgoing(declared, request);
      if (!outgoing.ok) return outgoing;
      const headers = this.#headers(declared, outgoing.value.headers);
      if (!headers.ok) return headers;
      const permitted = this.#permit(declared);
      if (!permitted.ok) return permitted;
      const startedAt = this.now();
      const answer = await guardedFetch(
        { ...outgoing.value, headers: headers.value, timeoutMs: declared.timeoutMs, maxBytes },
        egressPolicy(this.env.APP_EGRESS_ORIGINS, allowedOrigins),
      );
      const failed = answer.ok ? answer.value.status >= 500 : answer.error.type !== 'auth.forbidden';
      this.#breakers.set(declared.name, countOutcome(this.#breakers.get(declared.name), failed, this.now()));
      return answer.ok ? ok({ ...answer.value, durationMs: this.now() - startedAt }) : answer;
    });
  }

  #permit({ name, perMinute }: Declared): Result<null> {
    const now = this.now();
    if (isOpen(this.#breakers.get(name), now)) {
      const detail = `"${name}" has failed several times in a row and is left alone for some seconds.`;
      return err({ type: 'service.unavailable', detail });
    }
    const { retryAfterSeconds } = this.#buckets.take(name, perMinute, now);
    return retryAfterSeconds === undefined
      ? ok(null)
      : err({
          type: 'rate.limited',
          detail: `"${name}" may be called ${perMinute} times a minute. Wait ${retryAfterSeconds} s.`,
        });
  }

  #headers(
    { baseUrl, secretHeader }: Declared,
    given: Readonly<Record<string, string>>,
  ): Result<Readonly<Record<string, string>>> {
    if (secretHeader === undefined) return ok(given);
    const { name, secretName } = secretHeader;
    const wanted = { name: secretName, group: this.ctx.id.name ?? '', origin: new URL(baseUrl).origin };
    const secret = operatorSecret(this.env, wanted);
    return secret === undefined
      ? err({
          type: 'configuration.invalid',
          detail: `The operator has not set the secret ${secretName}, or not for this app (APP_GRANTS).`,
        })
      : ok({ ...given, [name]: secret });
  }
}
