/**
 * What the offline engineer understood of a Markdown specification: resources, rules and endpoints as data.
 * The parser makes it, the generator turns it into code; neither knows the other.
 * Everything carries the sentence it came from, so that tests, comments and refusals can quote the person's words.
 */

export interface AppModel {
  /** Kebab-case, from the first heading. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly resources: readonly Resource[];
  readonly rules: readonly Rule[];
  readonly endpoints: readonly Endpoint[];
  readonly pagination: { readonly defaultLimit: number; readonly maxLimit: number };
  /** People sign in before they get to anything. */
  readonly access?: {
    /** Everybody has records of their own and sees no others; otherwise all who are signed in share them. */
    readonly isPersonal: boolean;
    readonly sources: readonly string[];
  };
  /** Sentences that were taken for description: nothing was built for them. */
  readonly unheard?: readonly string[];
  /** What is asked of the application is counted and told at `GET /usage`. */
  readonly usage?: { readonly source: string };
  /** Asked for is what records of one's own do not have: they are kept in the platform's Data service. */
  readonly data?: {
    /** Other programs follow all changes at `GET /changes`. */
    readonly feed: boolean;
    /** Names of resources whose records go out as lines of JSON at `GET /export/<plural>`. */
    readonly exported: readonly string[];
    /** Names of resources whose records come in at `POST /import/<plural>`. */
    readonly imported: readonly string[];
    readonly sources: readonly string[];
  };
}

export type Operation = 'list' | 'create' | 'read' | 'update' | 'delete';

export interface Resource {
  /** Singular, kebab-case: `order-line`. */
  readonly name: string;
  /** Plural, kebab-case, also the path segment: `order-lines`. */
  readonly plural: string;
  readonly title: string;
  readonly description: string;
  /** Without `id`, `createdAt` and `updatedAt`, which every resource has. */
  readonly fields: readonly Field[];
  /** Sets of field names whose values must be unique together. Single unique fields stand here too. */
  readonly unique: readonly (readonly string[])[];
  readonly operations: readonly Operation[];
  /** Fields that `?q=` searches in (case-insensitive substring). */
  readonly searchable: readonly string[];
  /** Fields that may stand in the query string as equality filters. */
  readonly filterable: readonly string[];
  /** Fields for `?sort=field` and `?sort=-field`. */
  readonly sortable: readonly string[];
  /** The field that stands for a record where a person picks one. */
  readonly labelField: string;
  readonly hasPage: boolean;
  readonly source: string;
}

export type FieldType =
  | 'string'
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'email'
  | 'url'
  | 'uuid'
  | 'enum'
  | 'reference'
  | 'string_list';

export interface Field {
  /** camelCase, as in JSON: `dueDate`, `bookId` for a reference. */
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly description: string;
  readonly default?: Expression;
  /** For `enum`. */
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** True when the bound itself is not allowed ("greater than 0"). */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression source, matched against the whole value. */
  readonly pattern?: string;
  /** For `reference`. */
  readonly reference?: { readonly resource: string; readonly onDelete: 'restrict' | 'cascade' | 'set_null' };
  /** Set by the system only: a client that sends it is refused. */
  readonly readOnly?: boolean;
  /** May be set on create, never changed. */
  readonly immutable?: boolean;
  /** Computed on every read from this expression; implies `readOnly`. */
  readonly computed?: Expression;
  readonly source: string;
}

/**
 * `record` is the record as it would be after the change, `previous` as it was before (null on create),
 * `item` the record at hand inside an aggregate. A path follows references: ['bookId', 'copies'] is
 * the `copies` of the book that `bookId` names. `id` is a field of every record.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'field'; readonly of: 'record' | 'previous' | 'item'; readonly path: readonly string[] }
  | { readonly kind: 'now' }
  | { readonly kind: 'today' }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'one_of'; readonly operand: Expression; readonly values: readonly (string | number)[] }
  | {
      readonly kind: 'date_add';
      readonly base: Expression;
      readonly amount: Expression;
      readonly unit: 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';
    }
  | { readonly kind: 'length'; readonly operand: Expression }
  | {
      readonly kind: 'aggregate';
      readonly function: 'count' | 'sum' | 'minimum' | 'maximum' | 'average';
      readonly resource: string;
      /** Of `item`; may also speak of `record`. Absent: all records. */
      readonly where?: Expression;
      /** Of `item`; absent for count. */
      readonly value?: Expression;
    };

/** `create`, `update`, `delete`, or the name of an action endpoint. */
export type Occasion = string;

export type Rule =
  /** The change is refused with this status and message when the condition holds. */
  | {
      readonly kind: 'forbid';
      readonly resource: string;
      readonly on: readonly Occasion[];
      readonly when: Expression;
      readonly status: 409 | 422;
      readonly message: string;
      /** The field at fault, when there is one. */
      readonly field?: string;
      readonly source: string;
    }
  /** Allowed moves of an enum field; anything else is refused with 409. `initial` are the values allowed on create. */
  | {
      readonly kind: 'transition';
      readonly resource: string;
      readonly field: string;
      readonly initial: readonly string[];
      readonly moves: Readonly<Record<string, readonly string[]>>;
      readonly source: string;
    }
  /** After the change was allowed, set fields: of the record itself, or of the record that a reference names. */
  | {
      readonly kind: 'effect';
      readonly resource: string;
      readonly on: readonly Occasion[];
      readonly when?: Expression;
      readonly assign: readonly {
        /** Absent: the record itself. Otherwise the reference field that names the record to change. */
        readonly through?: string;
        readonly field: string;
        /** `item` is the record that is changed, where `through` is given. */
        readonly value: Expression;
      }[];
      readonly source: string;
    };

export type Endpoint =
  /** `POST /<plural>/:id/<name>`: sets fields on one record; rules may speak of it by `name`. */
  | {
      readonly kind: 'action';
      readonly method: 'POST' | 'PUT' | 'PATCH';
      readonly path: string;
      readonly name: string;
      readonly resource: string;
      /** Fields of the resource that the body may carry. */
      readonly body: readonly { readonly field: string; readonly required: boolean }[];
      readonly assign: readonly { readonly field: string; readonly value: Expression }[];
      readonly source: string;
    }
  /** A list of one resource under another path, narrowed: `GET /members/:id/loans`, `GET /books/available`. */
  | {
      readonly kind: 'list';
      readonly method: 'GET';
      readonly path: string;
      readonly name: string;
      readonly resource: string;
      /** The resource that `:id` in the path names. */
      readonly parent?: { readonly resource: string; readonly field: string };
      /** Of `item`. */
      readonly where?: Expression;
      readonly source: string;
    }
  /** Figures: `GET /stats` answers an object with these values. */
  | {
      readonly kind: 'figures';
      readonly method: 'GET';
      readonly path: string;
      readonly name: string;
      readonly parent?: { readonly resource: string };
      /** An expression, or counts by each value of a field. */
      readonly values: readonly (
        | { readonly name: string; readonly expression: Expression }
        | { readonly name: string; readonly countBy: { readonly resource: string; readonly field: string } }
      )[];
      readonly source: string;
    };

/** A sentence that was not understood, quoted exactly, with what would make it understandable. */
export interface Misunderstanding {
  readonly sentence: string;
  readonly line: number;
  readonly reason: string;
}
