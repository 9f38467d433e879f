/**
 * The form of the tables that name every method of an object. A method that is not in its table does not compile, so
 * nobody adds a command without saying how a repeat of it is harmless.
 */
import type { World } from './world.ts';

export interface Query {
  readonly call: (world: World) => Promise<unknown>;
}

export interface Command extends Query {
  /** Brings the object to where the command can be given. */
  readonly prepare?: (world: World) => Promise<unknown>;
  /** The command as it is given, and given again: the same id, the same body. Made once per world. */
  readonly command: (world: World) => () => Promise<unknown>;
  /** The same id with another body; absent where the command has nothing but its id. Refused, unless `answers`. */
  readonly otherBody?: (world: World) => Promise<unknown>;
  /** What a repeat is answered, where it is not the first reply itself. */
  readonly repeated?: (first: unknown) => unknown;
  /** What the other body is answered, where that is no refusal. */
  readonly otherAnswer?: (first: unknown) => unknown;
  /** Events of this type count, instead of everything: for commands after which the object goes on by itself. */
  readonly counted?: string;
}

export type Cases<Rpc> = { readonly [Method in keyof Rpc]: Query | Command };

/** For commands whose call needs no preparation of its own. */
export const command = (
  make: (world: World) => () => Promise<unknown>,
  rest: Omit<Command, 'command' | 'call'> = {},
): Command => ({ command: make, call: (world) => make(world)(), ...rest });

export const query = (call: (world: World) => Promise<unknown>): Query => ({ call });
