/** Takes an endpoint line apart: method, path, query and what is said about it. */

import { plainInline } from '../blocks/inline.ts';

export interface EndpointLine {
  readonly method: string;
  /** Segments without the prefix `/api` or `/api/v1`; a parameter is `:id`. */
  readonly segments: readonly string[];
  readonly query: string;
  readonly description: string;
}

const LINE = /^(?:`|\*|-|\s)*(GET|POST|PUT|PATCH|DELETE)\b[`\s:|]*((?:https?:\/\/[^/\s]+)?\/[^\s`|]*)`?\s*(.*)$/i;
const INSIDE = /`?\b(GET|POST|PUT|PATCH|DELETE)\s+(\/[^\s`,;)]*)`?/g;

const segmentsOf = (path: string): readonly string[] =>
  path
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/[?#].*$/, '')
    .replace(/[.,:;]+$/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (/^(?::|\{|<|\$|\[)/.test(segment) ? ':id' : segment))
    .filter((segment, index) => !(index < 2 && /^(?:api|rest|v\d+)$/i.test(segment)));

/** The endpoint that the text begins with; undefined when it begins otherwise. */
export const readEndpointLine = (raw: string): EndpointLine | undefined => {
  const match = LINE.exec(raw.trim().slice(0, 1_000));
  if (match === null) return undefined;
  const path = match[2] ?? '/';
  const description = plainInline(
    (match[3] ?? '').replace(/^[`\s]*(?:->|=>|–|—|-|:|→|\||,|\*)+\s*/, '').replace(/^\((.*)\)$/, '$1'),
  );
  return {
    method: (match[1] ?? '').toUpperCase(),
    segments: segmentsOf(path),
    query: /\?(.*)$/.exec(path)?.[1] ?? '',
    description,
  };
};

/** Endpoints that a sentence mentions in its middle, each with the whole sentence as its description. */
export const mentionedEndpoints = (raw: string): readonly EndpointLine[] => {
  const rest = raw.replace(INSIDE, ' ').replace(/\s+/g, ' ');
  return [...raw.slice(0, 1_000).matchAll(INSIDE)].map((match) => ({
    method: match[1] ?? '',
    segments: segmentsOf(match[2] ?? '/'),
    query: /\?(.*)$/.exec(match[2] ?? '')?.[1] ?? '',
    description: plainInline(rest),
  }));
};
