/** What a Workspace object offers to the gateway's isolates, which make the calls of `/v1`. */
import type { ApiCallRow, ApiCallTotals } from '../domain/budget/api-calls.ts';
import type { GrantRequest, Statement } from '../domain/budget/giver.ts';
import type { GrantAnswer } from '../domain/budget/usage.ts';
import type { QualityRow, QualityScope } from '../domain/model/quality/measures.ts';
import type { Result } from '../errors/result.ts';
import type { CredentialUse } from './workspace-vault.ts';

/** An isolate asks for its next call. */
export interface ExtendCallGrant extends GrantRequest {
  /** Made anew by each isolate, and again after it was idle for long. */
  readonly holderId: string;
}

/** An answer by its id, so that a person can rate it later. */
export interface AnsweredCall extends QualityScope {
  readonly responseId: string;
}

/** What an isolate's calls came to since its last report. */
export interface CallReport extends Statement {
  readonly holderId: string;
  /** Grows by one with each report that has new rows; a report that was taken before adds nothing. */
  readonly batch: number;
  readonly rows: readonly ApiCallRow[];
  /** What they say of the models; part of the same batch. */
  readonly quality?: readonly QualityRow[];
  readonly answers?: readonly AnsweredCall[];
  /** How the workspace's own keys did. */
  readonly credentialUses?: readonly CredentialUse[];
}

/** Told with every answer: an isolate that knows an older one asks for the keys again. */
export interface VaultRevision {
  readonly vaultRevision: number;
}

export interface CallReportReply {
  /** Whether the workspace has limits. */
  readonly limited: boolean;
  /** By model, what selection multiplies the quality of benchmarks with. */
  readonly qualityFactors: Readonly<Record<string, number>>;
}

export interface ApiUsageQuery {
  /** First day, `2026-11-01`, UTC. */
  readonly from: string;
  /** Last day, itself included. */
  readonly to: string;
}

/** The calls of those days. The longest list comes first by cost and is cut at 1,000 entries. */
export interface ApiUsage extends ApiUsageQuery {
  readonly totals: ApiCallTotals;
  readonly models: readonly (ApiCallTotals & { readonly model: string })[];
  readonly keys: readonly (ApiCallTotals & { readonly keyId: string })[];
  readonly days: readonly (ApiCallTotals & { readonly day: string })[];
}

export interface WorkspaceCalls {
  /** Grants an isolate what its next call needs, or says why not. Repeating a request is harmless. */
  extendCallGrant(command: ExtendCallGrant): Promise<Result<GrantAnswer & VaultRevision>>;
  /** Takes a report; a repeat changes nothing. */
  reportCalls(report: CallReport): Promise<Result<CallReportReply & VaultRevision>>;
  /** What the calls of `/v1` came to, as far as the isolates have reported. */
  apiUsage(query: ApiUsageQuery): Promise<Result<ApiUsage>>;
}
