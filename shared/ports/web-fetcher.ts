/**
 * The port to the open network, for agents. Contract: never rejects; what was not fetched is an answer with its reason.
 */
import type { FetchRules } from '../domain/tool/fetch-rules.ts';

export interface WebRequest {
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  /** Names and values; none that carries a credential is sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rules: FetchRules;
}

export type WebAnswer =
  | {
      readonly type: 'answered';
      /** Where the answer came from, after redirects. */
      readonly url: string;
      readonly status: number;
      readonly contentType: string;
      /** As UTF-8; bytes that are none are replaced. */
      readonly text: string;
      /** There was more, which was not read. */
      readonly cut: boolean;
    }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string };

export interface WebFetcher {
  readonly fetch: (request: WebRequest) => Promise<WebAnswer>;
}
