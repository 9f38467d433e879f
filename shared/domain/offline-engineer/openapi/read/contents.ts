/** Parameters, request bodies and responses. */

import type {
  ApiBody,
  ApiContent,
  ApiHeader,
  ApiParameter,
  ApiResponse,
  ParameterPlace,
  ParameterStyle,
} from '../model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import type { Schema } from '../runtime/validation/schema.ts';
import { dereference, partsOf, refuse, textOf } from './context.ts';
import type { Part, ReadContext } from './context.ts';
import { below } from './pointers.ts';
import { readSchema } from './schemas.ts';

const places: readonly string[] = ['path', 'query', 'header', 'cookie'];
const defaultStyles: Readonly<Record<ParameterPlace, ParameterStyle>> = {
  path: 'simple',
  query: 'form',
  header: 'simple',
  cookie: 'form',
};
const styles: Readonly<Record<ParameterPlace, readonly string[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};

/** Reads a parameter; undefined when it was refused or is one that OpenAPI tells readers to ignore. */
export const readParameter = (context: ReadContext, part: Part): ApiParameter | undefined => {
  const found = dereference(context, part);
  if (found === undefined) return undefined;
  const { value, pointer } = found;
  const name = value['name'];
  const place = value['in'];
  if (typeof name !== 'string' || name === '') {
    refuse(context, pointer, 'a parameter needs a name.');
    return undefined;
  }
  if (typeof place !== 'string' || !places.includes(place)) {
    refuse(context, pointer, `the parameter ${name} must be in one of ${places.join(', ')}.`);
    return undefined;
  }
  if (place === 'header' && /^(accept|content-type|authorization)$/i.test(name)) return undefined;
  // SAFETY: compared with the four places above.
  const where = place as ParameterPlace;
  const style = styles[where].includes(textOf(value['style']))
    ? (value['style'] as ParameterStyle)
    : defaultStyles[where];
  const content = readContents(context, found)[0];
  return {
    name,
    in: where,
    description: textOf(value['description']),
    required: where === 'path' || value['required'] === true,
    style,
    explode: typeof value['explode'] === 'boolean' ? value['explode'] : style === 'form',
    json: content !== undefined,
    schema: content?.schema ?? schemaOf(context, found) ?? {},
    examples: [...examplesOf(context, found), ...(content?.examples ?? [])],
  };
};

const schemaOf = (context: ReadContext, part: Part<JsonObject>): Schema | undefined => {
  const schema = part.value['schema'];
  return schema === undefined
    ? undefined
    : readSchema(context, { value: schema, pointer: below(part.pointer, 'schema') });
};

/** The values of `example` and `examples`. */
const examplesOf = (context: ReadContext, part: Part<JsonObject>): readonly JsonValue[] => {
  const single = part.value['example'];
  const named = partsOf(part, 'examples').flatMap((example): readonly JsonValue[] => {
    if (!isObject(example.value)) return [];
    const found = dereference(context, example);
    const value = found?.value['value'];
    return value === undefined ? [] : [value];
  });
  return single === undefined ? named : [single, ...named];
};

const readContents = (context: ReadContext, part: Part<JsonObject>): readonly ApiContent[] =>
  partsOf(part, 'content').flatMap((entry): readonly ApiContent[] => {
    if (!isObject(entry.value)) return [];
    const media: Part<JsonObject> = { value: entry.value, pointer: entry.pointer };
    const schema = schemaOf(context, media);
    return [
      {
        mediaType: (entry.name.split(';')[0] ?? entry.name).trim().toLowerCase(),
        schema: schema ?? {},
        hasSchema: schema !== undefined,
        examples: examplesOf(context, media),
      },
    ];
  });

/** Reads a request body; undefined when there is none or it was refused. */
export const readBody = (context: ReadContext, part: Part): ApiBody | undefined => {
  const found = dereference(context, part);
  if (found === undefined) return undefined;
  const contents = readContents(context, found);
  if (contents.length === 0) return undefined;
  return { required: found.value['required'] === true, description: textOf(found.value['description']), contents };
};

/** Reads the responses of an operation, in the order of their status. */
export const readResponses = (context: ReadContext, operation: Part<JsonObject>): readonly ApiResponse[] =>
  partsOf(operation, 'responses')
    .filter(({ name }) => !name.startsWith('x-'))
    .flatMap((entry): readonly ApiResponse[] => {
      if (!/^([1-5]\d\d|[1-5]XX|default)$/i.test(entry.name)) {
        refuse(context, entry.pointer, `${entry.name} is not a status such as 200, 4XX or default.`);
        return [];
      }
      const component = componentOf(entry);
      const found = dereference(context, entry);
      if (found === undefined) return [];
      return [
        {
          status: entry.name === 'default' ? 'default' : entry.name.toUpperCase(),
          description: textOf(found.value['description']),
          ...(component === undefined ? {} : { component }),
          contents: readContents(context, found),
          headers: readHeaders(context, found),
        },
      ];
    });

const componentOf = (part: Part): string | undefined => {
  const reference = isObject(part.value) ? part.value['$ref'] : undefined;
  return typeof reference === 'string' ? reference.split('/').at(-1) : undefined;
};

const readHeaders = (context: ReadContext, response: Part<JsonObject>): readonly ApiHeader[] =>
  partsOf(response, 'headers').flatMap((entry): readonly ApiHeader[] => {
    if (/^content-type$/i.test(entry.name)) return [];
    const found = dereference(context, entry);
    if (found === undefined) return [];
    return [
      {
        name: entry.name,
        required: found.value['required'] === true,
        schema: schemaOf(context, found) ?? {},
        examples: examplesOf(context, found),
      },
    ];
  });
