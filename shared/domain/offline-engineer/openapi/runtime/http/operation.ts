/** What an operation is: its contract, as the API's document states it, and how it answers. */

import type { JsonObject, JsonValue } from '../json.ts';
import type { RecordStore } from '../store/records.ts';
import type { Schema } from '../validation/schema.ts';
import type { ValidationIssue } from '../validation/validate.ts';

export interface ParameterContract {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';
  readonly explode: boolean;
  /** True when the value is a JSON text. */
  readonly json?: boolean;
  readonly schema: Schema;
}

export interface BodyContract {
  readonly required: boolean;
  /** Schema by media type. */
  readonly content: Readonly<Record<string, Schema>>;
}

export interface ContentContract {
  readonly mediaType: string;
  readonly schema: Schema;
  /** A valid value. What an answer must have and the application does not know is taken from here. */
  readonly example: JsonValue;
}

export interface ResponseContract {
  readonly description: string;
  readonly content?: ContentContract;
  /** Values of the headers that the document requires. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type CredentialContract =
  | { readonly kind: 'basic' | 'bearer' }
  | { readonly kind: 'api_key'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string };

export interface OperationContract {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly ParameterContract[];
  readonly body?: BodyContract;
  /** The status of an answer that succeeds. */
  readonly successStatus: number;
  /** The key of its response; absent when the document declares no success. */
  readonly successResponse?: string;
  /** By status: `200`, `4XX`, `default`. */
  readonly responses: Readonly<Record<string, ResponseContract>>;
  /** Any one of these lists of credentials is enough; absent or empty: none is needed. */
  readonly security?: readonly (readonly CredentialContract[])[];
}

/** A request that has passed the checks of its contract. Parameters hold only what was sent or has a default. */
export interface OperationRequest {
  readonly path: Readonly<Record<string, JsonValue>>;
  readonly query: Readonly<Record<string, JsonValue>>;
  readonly headers: Readonly<Record<string, JsonValue>>;
  readonly cookies: Readonly<Record<string, JsonValue>>;
  /** Undefined when there is none. */
  readonly body: JsonValue | undefined;
  /** The fields of the body; none when it is not an object. */
  readonly fields: JsonObject;
  readonly store: RecordStore;
}

export type ProblemKind =
  | 'validation'
  | 'malformed'
  | 'not_found'
  | 'conflict'
  | 'unauthorized'
  | 'unsupported_media_type';

export type Answer =
  | { readonly kind: 'success'; readonly value: unknown }
  /** The declared example, with the fields that the sources know. */
  | { readonly kind: 'echo'; readonly sources: readonly JsonObject[] }
  | {
      readonly kind: 'problem';
      readonly problem: ProblemKind;
      readonly message: string;
      readonly issues: readonly ValidationIssue[];
    };

export interface Operation extends OperationContract {
  readonly handle: (request: OperationRequest) => Answer;
}

/** The answer is the operation's declared success; fields that the declaration lacks are left out. */
export const success = (value?: unknown): Answer => ({ kind: 'success', value });

/** The answer is the declared example with the fields that a source, the first one first, has under the same name. */
export const echo = (...sources: readonly JsonObject[]): Answer => ({ kind: 'echo', sources });

export const notFound = (title: string, id: unknown): Answer => ({
  kind: 'problem',
  problem: 'not_found',
  message: `There is no ${title} ${typeof id === 'string' ? id : JSON.stringify(id)}.`,
  issues: [],
});

export const conflict = (message: string): Answer => ({ kind: 'problem', problem: 'conflict', message, issues: [] });

export const invalid = (issues: readonly ValidationIssue[], message = 'The request is not valid.'): Answer => ({
  kind: 'problem',
  problem: 'validation',
  message,
  issues,
});

/** What the document declares for an answer with this status. */
export const declaredResponse = (operation: OperationContract, status: number): ResponseContract | undefined => {
  const { responses, successStatus, successResponse } = operation;
  if (status === successStatus) return successResponse === undefined ? undefined : responses[successResponse];
  return (
    responses[String(status)] ??
    responses[`${String(status).charAt(0)}XX`] ??
    (successResponse === 'default' ? undefined : responses['default'])
  );
};
