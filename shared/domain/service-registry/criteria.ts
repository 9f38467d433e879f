/** What a caller looks for, and which instances are that. */
import type { ServiceHealth, ServiceKind } from './service.ts';

/** All that are given must hold. */
export interface ServiceCriteria {
  readonly name?: string;
  readonly instance?: string;
  /** A range as npm has it (`^1.2`, `>=2 <4`, `1.x`); pre-releases only where the range names one. */
  readonly version?: string;
  readonly kind?: ServiceKind;
  readonly owner?: string;
  /** Each must be there. */
  readonly tags?: readonly string[];
  /** Each must be there. */
  readonly capabilities?: readonly string[];
  /** Comes first where it is met; excludes nothing. */
  readonly region?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** For lists, which also show what nobody would be sent to. */
export interface ServiceFilter extends ServiceCriteria {
  readonly health?: ServiceHealth;
  /** Part of name, title or description, upper and lower case alike. */
  readonly search?: string;
}
