/** The parts that operations play for a collection. */

import type { ApiOperation } from '../model.ts';
import type { Schema } from '../runtime/validation/schema.ts';
import type { Form } from './forms.ts';
import type { PathShape } from './paths.ts';

/** An operation with what its path and its answer look like. */
export interface ShapedOperation {
  readonly operation: ApiOperation;
  readonly shape: PathShape;
  readonly answer: Form;
  /** Of the request body, when it has one. */
  readonly body: Form;
  readonly bodySchema?: Schema;
}

export const isCreate = ({ operation, shape, body, answer }: ShapedOperation): boolean =>
  operation.method === 'post' &&
  !shape.isItem &&
  (body.kind === 'object' || (body.kind === 'list' && answer.kind !== 'other'));

export const isItemAccess = ({ operation, shape }: ShapedOperation): boolean =>
  shape.isItem && ['get', 'put', 'patch', 'delete'].includes(operation.method);

export const isList = ({ operation, shape, answer }: ShapedOperation): boolean =>
  operation.method === 'get' && !shape.isItem && answer.kind === 'list';
