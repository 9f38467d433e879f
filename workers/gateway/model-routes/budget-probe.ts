/**
 * Which models the workspace's budget has room for, asked as rarely as can be: a limit that is used up forbids every
 * model that counts towards it, and one in money every model without a known price.
 */
import type { Exhaustion } from '../../../shared/domain/budget/exhaustion.ts';
import { largestCost, type CallSize, type Need } from '../../../shared/domain/model/call-cost.ts';
import type { AppContext } from '../app-environment.ts';
import { backgroundOf } from '../model-calls/background.ts';

export class BudgetProbe {
  readonly #context: AppContext;
  #usedUp: Exhaustion | undefined;
  #unpriced: Exhaustion | undefined;

  constructor(context: AppContext) {
    this.#context = context;
  }

  /** Why the call may not be made; undefined when it may, or when only trying it can tell. */
  async refusal(call: CallSize): Promise<Exhaustion | undefined> {
    const need = largestCost(call);
    const known = this.#known(need);
    if (known !== undefined) return known;
    const { services, principal } = this.#context.var;
    const account = services.modelCalls.accountOf(principal.workspaceId);
    const reservation = await account.probe(need, backgroundOf(this.#context));
    if (reservation.status !== 'exhausted') return undefined;
    const { exhaustion } = reservation;
    if (exhaustion.unpricedModel === undefined) this.#usedUp = exhaustion;
    else this.#unpriced = exhaustion;
    return exhaustion;
  }

  #known({ need, unpricedModel }: Need): Exhaustion | undefined {
    if (unpricedModel !== undefined && this.#unpriced !== undefined) return { ...this.#unpriced, unpricedModel };
    if (this.#usedUp === undefined) return undefined;
    const { dimension } = this.#usedUp;
    return dimension === 'wallMs' || need[dimension] > 0 ? this.#usedUp : undefined;
  }
}
