/** Where data of others enters: requests of the usual frameworks, the address bar, messages, and parameters of exports. */
import type { Node } from '@babel/types';
import type { Binding } from '../syntax/scope.ts';
import { isFunction } from '../syntax/scope.ts';

/** `request`: whoever sends it decides. `address`: its own address, whose host is the server's. `caller`: a parameter of an export. */
export type SourceKind = 'request' | 'header' | 'address' | 'caller';

export interface Source {
  readonly kind: SourceKind;
  readonly text: string;
}

const requestNames = /^_?(?:req|request|incoming|httpRequest|incomingMessage)$/i;
const contextNames = /^(?:ctx|context|c|koa)$/;
const requestTypes = /(?:Request|IncomingMessage)$/;
const contextTypes = /Context$/;

const requestParts = new Set([
  'query',
  'body',
  'params',
  'cookies',
  'signedCookies',
  'files',
  'file',
  'param',
  'rawBody',
  'payload',
  'json',
  'text',
  'formData',
  'arrayBuffer',
  'searchParams',
  'parseBody',
  'valid',
  'queries',
]);
const headerParts = new Set(['headers', 'get', 'header', 'rawHeaders', 'ip', 'hostname', 'host', 'cookie']);
const addressParts = new Set(['url', 'originalUrl', 'path', 'href', 'nextUrl']);
const eventParts = new Set([
  'queryStringParameters',
  'pathParameters',
  'body',
  'headers',
  'multiValueQueryStringParameters',
  'rawQueryString',
  'rawPath',
  'Records',
  'cookies',
  'detail',
]);

const kindOfPart = (part: string | undefined): SourceKind | undefined => {
  if (part === undefined) return undefined;
  if (requestParts.has(part)) return 'request';
  if (headerParts.has(part)) return 'header';
  return addressParts.has(part) ? 'address' : undefined;
};

const typeNameOf = (node: Node): string | undefined => {
  if (node.type !== 'Identifier' || node.typeAnnotation?.type !== 'TSTypeAnnotation') return undefined;
  const type = node.typeAnnotation.typeAnnotation;
  if (type.type !== 'TSTypeReference') return undefined;
  return type.typeName.type === 'Identifier'
    ? type.typeName.name
    : type.typeName.type === 'TSQualifiedName'
      ? type.typeName.right.name
      : undefined;
};

const safeTypes = new Set([
  'TSNumberKeyword',
  'TSBooleanKeyword',
  'TSBigIntKeyword',
  'TSLiteralType',
  'TSNullKeyword',
  'TSUndefinedKeyword',
  'TSVoidKeyword',
  'TSFunctionType',
]);

/** A parameter whose type leaves no room for a text of somebody’s choice. */
export const hasSafeType = (binding: Binding): boolean => {
  const node = binding.parameter?.node;
  if (node?.type !== 'Identifier' || node.typeAnnotation?.type !== 'TSTypeAnnotation') return false;
  const type = node.typeAnnotation.typeAnnotation;
  return type.type === 'TSUnionType' ? type.types.every((part) => safeTypes.has(part.type)) : safeTypes.has(type.type);
};

const source = (kind: SourceKind, called: string, path: readonly string[]): Source => ({
  kind,
  text: [called, ...path]
    .filter((part) => part !== '[]')
    .slice(0, 3)
    .join('.'),
});

/** The source that `path` of a parameter is, when it is one. */
export const sourceOfParameter = (
  binding: Binding,
  path: readonly string[],
  exported: (node: Node) => boolean,
  parentOf: (node: Node) => Node | undefined,
): Source | undefined => {
  const { parameter } = binding;
  if (parameter === undefined) return undefined;
  const whole = [...parameter.path, ...path];
  const [first, second] = whole;
  const node = parameter.node.type === 'AssignmentPattern' ? parameter.node.left : parameter.node;
  const called = node.type === 'Identifier' ? node.name : '';
  const type = typeNameOf(node);
  const isRequest = requestNames.test(called) || (type !== undefined && requestTypes.test(type));
  // A handler that takes its request apart in its parameter list: `({ query, body }, response)`.
  const isTaken = node.type === 'ObjectPattern' && parameter.index === 0 && parameter.of.params.length >= 2;
  if (isRequest || isTaken) {
    const kind = kindOfPart(first);
    if (kind !== undefined) return source(kind, called === '' ? 'request' : called, whole);
  }
  if (contextNames.test(called) || (type !== undefined && contextTypes.test(type))) {
    const part = first === 'req' || first === 'request' ? second : first;
    const kind = first === 'cookies' || first === 'headers' || first === 'get' ? undefined : kindOfPart(part);
    if (kind !== undefined && part !== 'json' && part !== 'text') return source(kind, called, whole);
    if (kind !== undefined && (first === 'req' || first === 'request')) return source(kind, called, whole);
  }
  if (parameter.index === 0 && /^(?:event|evt)$/.test(called)) {
    const isLambda = exported(parameter.of) && isHandler(parameter.of, parentOf);
    if ((first !== undefined && eventParts.has(first)) || isLambda) return source('request', called, whole);
    if (first === 'data' || first === 'message') return source('request', called, whole);
  }
  return exported(parameter.of) && !isRequest && !hasSafeType(binding)
    ? {
        kind: 'caller',
        text: [called === '' ? binding.name : called, ...path.filter((part) => part !== '[]')].slice(0, 3).join('.'),
      }
    : undefined;
};

/** `exports.handler = …`, `export const handler = …`, in the way of serverless functions. */
const isHandler = (node: Node, parentOf: (node: Node) => Node | undefined): boolean => {
  if (!isFunction(node)) return false;
  const parent = parentOf(node);
  const first = node.params.length >= 1 && node.params.length <= 3;
  if (!first) return false;
  if (parent?.type === 'AssignmentExpression') return parent.left.type === 'MemberExpression';
  const id =
    parent?.type === 'VariableDeclarator' ? parent.id : node.type === 'FunctionDeclaration' ? node.id : undefined;
  return id?.type === 'Identifier' && /handler/i.test(id.name);
};

const browserSources =
  /^(?:(?:window|document|self|globalThis|top|parent)\.)?(?:location(?:\.(?:hash|search|href|pathname))?|document\.(?:cookie|URL|documentURI|referrer|location(?:\.(?:hash|search|href))?)|window\.name)$|^document\.referrer$|^(?:window\.)?name$/;

/** The source that a name of the runtime is. */
export const sourceOfGlobal = (name: string): Source | undefined => {
  if (name === 'process.argv' || name.startsWith('process.argv.')) return { kind: 'caller', text: 'process.argv' };
  if (name === 'name' || name === 'window.name') return name === 'name' ? undefined : { kind: 'request', text: name };
  return browserSources.test(name) ? { kind: 'request', text: name } : undefined;
};
