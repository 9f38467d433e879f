/** A real browser that drives deployed apps, where there is one. */
import type { DriveReport, DriveRequest } from '../rpc/sandbox.ts';

export type BrowserAnswer =
  | { readonly status: 'driven'; readonly report: DriveReport }
  | {
      readonly status: 'unavailable';
      /** A sentence for whoever asked. */
      readonly reason: string;
      /** True when some steps may have been taken, so that the app's data are no longer empty. */
      readonly mayHaveActed: boolean;
    };

export interface AppBrowser {
  /**
   * Takes the steps in a browser of their own, without cookies or anything else of an earlier call, up to the first that
   * fails. A step that fails is a report; only a browser that is not there, or does not answer in time, is `unavailable`.
   * Never rejects.
   */
  readonly drive: (request: DriveRequest) => Promise<BrowserAnswer>;
}
