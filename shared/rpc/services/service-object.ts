/**
 * What every service object offers to the platform, beside what it offers to apps. The objects live in the sandbox
 * Worker, one of each kind per group: the slot of a deployed app (`<app>/<slot>`) or a composed app. An app never holds
 * an object or its name; it is given capabilities that the sandbox made for its own group.
 */
import type { Result } from '../../errors/result.ts';

export const serviceKinds = ['auth', 'user', 'data', 'api', 'ui', 'analytics', 'connector'] as const;

export type ServiceKind = (typeof serviceKinds)[number];

/** A plain JSON object, checked by whoever takes it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One page of a list; `next` is a cursor for the page after it, absent at the end. */
export interface ServicePage<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface PageQuery {
  readonly after?: string;
  /** 1 to 200; 50 unless told. */
  readonly limit?: number;
}

/** For the platform only. */
export interface ServiceObjectRpc<Configuration> {
  /** Sets what the group's declaration says of this service; the same again changes nothing. */
  configure(configuration: Configuration): Promise<Result<null>>;
  /** Whether it is set up: one that has lost what it held is not. */
  isSetUp(): Promise<Result<boolean>>;
  /** Deletes everything the object holds. May be repeated. */
  erase(): Promise<Result<null>>;
}
