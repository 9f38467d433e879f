/** Ui: static files and pages rendered on the server. Every value that goes into a page is escaped for where it stands. */
import type { Result } from '../../errors/result.ts';
import type { JsonObject } from './service-object.ts';

export interface Rendered {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** A strong validator of exactly this body. */
  readonly etag: string;
}

export interface UiRpc {
  /** A file of the declaration by path, from `/`. */
  asset(query: { readonly path: string }): Promise<Result<Rendered>>;
  /** A page of the declaration with data. `resource.not_found` for a page that is not declared. */
  render(query: {
    readonly page: string;
    readonly data: JsonObject;
    /** The path under which the app is served, for its links. */
    readonly prefix?: string;
    readonly theme?: string;
  }): Promise<Result<Rendered>>;
  /** A theme as CSS custom properties; the declaration's default when none is named. */
  theme(query: { readonly name?: string }): Promise<Result<Rendered>>;
}
