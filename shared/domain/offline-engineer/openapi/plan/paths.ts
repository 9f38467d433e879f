/** The shape of a path: collections, items, and the resources that enclose them. */

import { camelCase, singular } from '../read/names.ts';

export interface PathShape {
  readonly segments: readonly string[];
  /** True when the last segment is exactly one parameter. */
  readonly isItem: boolean;
  /** The last parameter's name, when the path is an item. */
  readonly itemParameter?: string;
  /** The path without the item's parameter. */
  readonly collectionPath: string;
  /** What the last fixed segment calls one record, camelCase. */
  readonly resource: string;
  /** The enclosing resources that the path names, outermost first. */
  readonly enclosing: readonly Enclosing[];
}

export interface Enclosing {
  /** camelCase singular of the segment before the parameter. */
  readonly resource: string;
  readonly parameter: string;
  /** The path of that resource's collection. */
  readonly collectionPath: string;
}

/** The name in a segment that is exactly `{name}`. */
export const parameterIn = (segment: string | undefined): string | undefined =>
  segment === undefined ? undefined : /^\{([^{}]+)\}$/.exec(segment)?.[1];

const resourceName = (segment: string | undefined): string => {
  const words = (segment ?? '')
    .replaceAll(/[{}]/g, '')
    .split(/(?=[A-Z])|[^A-Za-z\d]+/)
    .filter((word) => word !== '');
  const last = words.pop() ?? 'record';
  return camelCase([...words, singular(last)].join(' '), 'record');
};

/** Takes a path template apart. */
export const shapeOf = (path: string): PathShape => {
  const segments = path.split('/').filter((segment) => segment !== '');
  const itemParameter = parameterIn(segments.at(-1));
  const collection = itemParameter === undefined ? segments : segments.slice(0, -1);
  const found = collection.flatMap((segment, index): readonly Enclosing[] => {
    const parameter = parameterIn(segment);
    const before = collection.slice(0, index);
    if (parameter === undefined) return [];
    return [
      {
        resource: resourceName(before.findLast((earlier) => parameterIn(earlier) === undefined)),
        parameter,
        collectionPath: joined(before),
      },
    ];
  });
  // `/repositories/{owner}/{slug}` names one resource by two parameters; each needs a name of its own.
  const enclosing = found.map((one, index) =>
    found.slice(index + 1).some((later) => later.resource === one.resource)
      ? { ...one, resource: camelCase(`${one.resource} ${one.parameter}`, `${one.resource}${index}`) }
      : one,
  );
  return {
    segments,
    isItem: itemParameter !== undefined,
    ...(itemParameter === undefined ? {} : { itemParameter }),
    collectionPath: joined(collection),
    resource: resourceName(collection.findLast((segment) => parameterIn(segment) === undefined)),
    enclosing,
  };
};

const joined = (segments: readonly string[]): string => `/${segments.join('/')}`;

/** The same for paths that differ only in parameter names, case and the number of the last noun. */
export const collectionKey = (collectionPath: string): string => {
  const segments = collectionPath.split('/').filter((segment) => segment !== '');
  return segments.map((segment) => (segment.includes('{') ? '{}' : singular(segment.toLowerCase()))).join('/');
};
