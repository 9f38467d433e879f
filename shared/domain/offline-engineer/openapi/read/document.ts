/** From the text of an OpenAPI document to the model of its operations and schemas. */

import { err, ok } from '../../../../errors/result.ts';
import type { Result } from '../../../../errors/result.ts';
import type { Misunderstanding } from '../../app-model.ts';
import type { ApiModel, NamedSchema } from '../model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import { compilePattern } from '../runtime/validation/scalars.ts';
import type { Schema } from '../runtime/validation/schema.ts';
import { lookUp, refuse, textOf } from './context.ts';
import type { ReadContext } from './context.ts';
import { baseSuffix, breakInheritanceCircles, endlessReference, endlessValues, mendEndlessValues } from './cycles.ts';
import type { SchemasByReference } from './cycles.ts';
import { kebabCase, pascalCase, uniqueNames } from './names.ts';
import { readOperations } from './operations.ts';
import { parsePointer } from './pointers.ts';
import { readSchema } from './schemas.ts';
import { parseText } from './text.ts';

/**
 * True when the text is meant to be an OpenAPI or Swagger document, valid or not: it begins like JSON, or a line names
 * the version as those documents do. A Markdown text that merely shows one inside a code block is not.
 */
export const looksLikeOpenApi = (text: string): boolean => {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('{')) return true;
  const beforeCode = start.split(/^\s*(?:```|~~~)/m)[0] ?? '';
  return /^["']?(openapi|swagger)["']?\s*:\s*["']?\d/m.test(beforeCode);
};

/** Reads OpenAPI 3.0 and 3.1. What cannot be built is refused with the line, the pointer and the reason. */
export const readOpenApiSpec = (text: string): Result<ApiModel, readonly Misunderstanding[]> => {
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const { document, source } = parsed.value;
  const version = versionOf(document);
  const context: ReadContext = {
    document,
    dialect: version.startsWith('3.1') ? '3.1' : '3.0',
    source,
    references: new Set(),
    misunderstandings: [],
    notes: new Set(),
    isPattern: (pattern) => compilePattern(pattern) !== undefined,
  };
  const unsupported = unsupportedReason(document, version);
  if (unsupported !== undefined) {
    refuse(context, unsupported.pointer, unsupported.reason);
    return err(context.misunderstandings);
  }
  const model = readModel(context);
  return context.misunderstandings.length > 0 ? err(context.misunderstandings) : ok(model);
};

const versionOf = (document: JsonObject): string => {
  const version = document['openapi'];
  return typeof version === 'number' ? String(version) : textOf(version);
};

const unsupportedReason = (
  document: JsonObject,
  version: string,
): { readonly pointer: string; readonly reason: string } | undefined => {
  if (document['swagger'] !== undefined) {
    return {
      pointer: '#/swagger',
      reason: `this is a Swagger ${textOf(document['swagger'], '2.0')} document; convert it to OpenAPI 3.0 or 3.1.`,
    };
  }
  if (version === '')
    return { pointer: '#/openapi', reason: 'the field openapi with the version (3.0.x or 3.1.x) is missing.' };
  if (!/^3\.[01](\.|$|-)/.test(version)) {
    return { pointer: '#/openapi', reason: `OpenAPI ${version} is not understood; 3.0.x and 3.1.x are.` };
  }
  if (document['paths'] !== undefined && !isObject(document['paths']))
    return { pointer: '#/paths', reason: 'paths must be an object.' };
  return undefined;
};

const readModel = (context: ReadContext): ApiModel => {
  const { document } = context;
  const info = isObject(document['info']) ? document['info'] : {};
  const title = textOf(info['title'], 'API').slice(0, 120) || 'API';
  const operations = readOperations(context);
  if (operations.length === 0 && context.misunderstandings.length === 0) {
    const reason = isObject(document['webhooks'])
      ? 'the document describes webhooks but no operation under paths; there is nothing to serve.'
      : 'the document describes no operation; there is nothing to serve.';
    refuse(context, document['paths'] === undefined ? '#/openapi' : '#/paths', reason);
  } else if (isObject(document['webhooks'])) {
    context.notes.add('The webhooks are not sent: the application has no network.');
  }
  const schemas = refuseEndless(context, readReferencedSchemas(context));
  return {
    name: kebabCase(title, 'api').slice(0, 50),
    title,
    description: textOf(info['description']),
    version: textOf(info['version'], '1.0.0'),
    dialect: context.dialect,
    basePaths: basePathsOf(document['servers']),
    schemas: nameSchemas(schemas),
    operations,
    notes: [...context.notes],
    document,
  };
};

/** Reading a schema may bring up further references, so the list grows while it is read. */
const readReferencedSchemas = (context: ReadContext): SchemasByReference => {
  const schemas = new Map<string, Schema>();
  for (const reference of context.references) {
    schemas.set(reference, readSchema(context, { value: lookUp(context, reference) ?? true, pointer: reference }));
  }
  return breakInheritanceCircles(schemas);
};

/** Refuses references that lead nowhere but back; requirements without end are read as optional, and noted. */
const refuseEndless = (context: ReadContext, schemas: SchemasByReference): SchemasByReference => {
  const circle = endlessReference(schemas);
  if (circle !== undefined) {
    refuse(context, circle, `the reference ${circle} leads back to itself and never ends.`);
    return schemas;
  }
  const { schemas: mended, mended: optional } = mendEndlessValues(schemas);
  for (const pointer of optional) {
    context.notes.add(`${pointer} is required but would need a value without end; it is read as optional.`);
  }
  for (const reference of endlessValues(mended)) {
    refuse(
      context,
      reference,
      'no finite value can satisfy this schema: what it requires contains, again and again, what it requires.',
    );
  }
  return mended;
};

const nameSchemas = (schemas: SchemasByReference): readonly NamedSchema[] => {
  const uniqueType = uniqueNames();
  const uniqueFile = uniqueNames();
  return [...schemas].map(([reference, schema]) => {
    const isBase = reference.endsWith(baseSuffix);
    const steps = parsePointer(isBase ? reference.slice(0, -baseSuffix.length) : reference);
    const isComponent = steps[0] === 'components' && steps.length === 3;
    const words = isComponent
      ? (steps[2] ?? '')
      : steps
          .filter((step) => !/^(paths|components|schemas|properties|content|schema)$/.test(step))
          .slice(-4)
          .join(' ');
    const wanted = isBase ? `${words} Base` : words;
    return {
      reference,
      typeName: uniqueType(pascalCase(wanted, 'Model')),
      fileName: uniqueFile(kebabCase(wanted, 'model')),
      schema,
    };
  });
};

/** `https://example.com/v2` → `/v2`; servers at the root or with variables in the path add nothing. */
const basePathsOf = (servers: JsonValue | undefined): readonly string[] => {
  if (!Array.isArray(servers)) return [];
  const paths = (servers as readonly JsonValue[]).flatMap((server) => {
    if (!isObject(server) || typeof server['url'] !== 'string') return [];
    const url = withDefaults(server['url'], server['variables']);
    const path = url
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '');
    return /^\/[^{}\s]+$/.test(path) ? [path] : [];
  });
  return [...new Set(paths)];
};

const withDefaults = (url: string, variables: JsonValue | undefined): string =>
  url.replaceAll(/\{([^}]*)\}/g, (whole, name: string) => {
    const variable = isObject(variables) ? variables[name] : undefined;
    return isObject(variable) && typeof variable['default'] === 'string' ? variable['default'] : whole;
  });
