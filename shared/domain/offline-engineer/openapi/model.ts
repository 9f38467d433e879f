/** What was understood of an OpenAPI document: operations and schemas in one form, whichever version they came in. */

import type { JsonObject, JsonValue } from './runtime/json.ts';
import type { Schema } from './runtime/validation/schema.ts';

export type HttpMethod = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch' | 'trace';

export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie';

export type ParameterStyle = 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';

export interface ApiParameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly description: string;
  readonly required: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  /** True when the value is a JSON text (`content: application/json`). */
  readonly json: boolean;
  readonly schema: Schema;
  readonly examples: readonly JsonValue[];
}

export interface ApiContent {
  /** Lower case, without parameters: `application/json`, `image/*`. */
  readonly mediaType: string;
  readonly schema: Schema;
  /** False when the document gives no schema for this media type. */
  readonly hasSchema: boolean;
  readonly examples: readonly JsonValue[];
}

export interface ApiBody {
  readonly required: boolean;
  readonly description: string;
  readonly contents: readonly ApiContent[];
}

export interface ApiHeader {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
  readonly examples: readonly JsonValue[];
}

export interface ApiResponse {
  /** `200`, `4XX`, `default`. */
  readonly status: string;
  readonly description: string;
  /** The name under `components.responses`, when it stands there. */
  readonly component?: string;
  readonly contents: readonly ApiContent[];
  readonly headers: readonly ApiHeader[];
}

export type SecurityScheme =
  | { readonly kind: 'basic'; readonly name: string }
  | { readonly kind: 'bearer'; readonly name: string }
  | {
      readonly kind: 'api_key';
      readonly name: string;
      readonly in: 'header' | 'query' | 'cookie';
      readonly key: string;
    };

/** All of these together satisfy the requirement; an empty list needs nothing. */
export type SecurityAlternative = readonly SecurityScheme[];

export interface ApiOperation {
  /** camelCase and unique. */
  readonly id: string;
  readonly method: HttpMethod;
  /** As in the document, without query and fragment. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** The first tag, else the first fixed segment of the path; kebab-case. */
  readonly group: string;
  readonly groupTitle: string;
  readonly parameters: readonly ApiParameter[];
  readonly body?: ApiBody;
  readonly responses: readonly ApiResponse[];
  /** Any one of these is enough; an empty list needs none. */
  readonly security: readonly SecurityAlternative[];
}

export interface NamedSchema {
  /** The reference that leads here: `#/components/schemas/Pet`. */
  readonly reference: string;
  /** PascalCase and unique. */
  readonly typeName: string;
  /** kebab-case and unique. */
  readonly fileName: string;
  readonly schema: Schema;
}

export interface ApiModel {
  /** Kebab-case, from the title. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** `3.0` or `3.1`. */
  readonly dialect: '3.0' | '3.1';
  /** Paths of the servers, such as `/v2`, under which the operations answer too. */
  readonly basePaths: readonly string[];
  readonly schemas: readonly NamedSchema[];
  readonly operations: readonly ApiOperation[];
  /** What of the document is not acted upon, in sentences. */
  readonly notes: readonly string[];
  /** The document as it was given. */
  readonly document: JsonObject;
}
