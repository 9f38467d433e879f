/**
 * Routes that change something without asking who it is, where others of the same application ask. Only a difference is a
 * finding: an application that asks nobody is meant to be open, or asks before the router.
 */
import type { Node } from '@babel/types';
import type { Call, Module } from '../module.ts';
import type { Detector, Rule, Site } from './rule.ts';

export const routeRules = {
  missing: {
    id: 'missing-authorisation',
    title: 'Route that changes without asking who it is',
    cwe: [862, 306],
    severity: 'high',
    impact: 'Everybody changes what only some may change.',
    fix: 'Put the same check before it that the other routes have, or say in the API document that it is open.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const changing = /^(?:post|put|patch|delete|del)$/;
const registering = /^(?:get|head|post|put|patch|delete|del|all|options)$/;

const check =
  /(?:auth|login|logged|guard|require|permit|permission|protect|secure|jwt|verify|token|role|admin|session|passport|ensure|restrict|acl|currentUser|principal|credential|can[A-Z]|bearer)/i;

/** Ways in, which nobody has gone yet; and those that machines call with a signature. */
const openPaths =
  /(?:log-?in|log-?out|sign-?(?:in|up|out)|register|registration|password|reset|forgot|verify|confirm|callback|webhook|hook|token|oauth|sso|health|status|ping|session|refresh|contact|feedback|subscribe|csp|report)/i;

interface Route {
  readonly call: Call;
  readonly router: string;
  readonly method: string;
  readonly path: string;
  readonly checked: boolean;
}

const lastName = (callee: Node): string =>
  callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && !callee.computed
    ? callee.property.name
    : '';

const routeOf = (module: Module, call: Call): Route | undefined => {
  const method = lastName(call.callee);
  if (call.callee.type !== 'MemberExpression' || !registering.test(method) || call.arguments.length < 2)
    return undefined;
  const [first, ...handlers] = call.arguments;
  const path = first === undefined ? undefined : module.constants.textOf(first);
  if (path === undefined || !path.startsWith('/')) return undefined;
  const code = handlers.map((handler) => codeOfHandler(module, handler)).join('\n');
  return { call, router: module.codeOf(call.callee.object), method, path, checked: check.test(code) };
};

/** The code of a handler, also when it is named elsewhere in the module. */
const codeOfHandler = (module: Module, handler: Node): string => {
  const named = module.functionOf(handler);
  const code = module.text.slice(handler.start ?? 0, handler.end ?? 0);
  return named === undefined || named === handler
    ? code
    : `${code}\n${module.text.slice(named.start ?? 0, named.end ?? 0)}`;
};

/** `app.use(requireUser)` before the routes. */
const guardedRouters = (module: Module): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const call of module.calls) {
    const name = lastName(call.callee);
    if (call.callee.type !== 'MemberExpression' || !/^(?:use|addHook|all|register|onBeforeHandle)$/.test(name))
      continue;
    const router = module.codeOf(call.callee.object);
    if (call.arguments.some((argument) => check.test(codeOfHandler(module, argument))) && !found.has(router))
      found.set(router, call.start ?? 0);
  }
  return found;
};

export const findRoutes: Detector = (module) => {
  const routes = module.calls.flatMap((call) => routeOf(module, call) ?? []);
  const guarded = guardedRouters(module);
  const isAsked = (route: Route): boolean =>
    route.checked || (guarded.get(route.router) ?? Number.POSITIVE_INFINITY) < (route.call.start ?? 0);
  const asking = routes.filter((route) => isAsked(route) && changing.test(route.method) && route.checked);
  const [example] = asking;
  if (example === undefined) return [];
  return routes
    .filter((route) => changing.test(route.method) && !isAsked(route) && !openPaths.test(route.path))
    .map((route): Site => ({
      rule: routeRules.missing,
      node: route.call,
      confidence: 'medium',
      message: `${route.method.toUpperCase()} ${route.path} asks nobody who it is; ${example.method.toUpperCase()} ${example.path} does`,
    }));
};
