/** Calls the body of a test or hook in the way of its style: with a context, with `t`, or with `done`. */
import { applyFunction, execPattern, functionText } from './primordials.ts';
import type { Body, Style } from './suite.ts';
import { suiteThis } from './suite.ts';

export function callBody(body: Body, style: Style, context: object): unknown {
  switch (style) {
    case 'node':
      return body.length > 1 ? withCallback(body, [context]) : body(context);
    case 'vitest':
      return body(context);
    case 'callback':
      return body.length > 0 ? withCallback(body, []) : applyFunction(body, suiteThis, []);
    case 'auto':
      return body.length > 0 && !takesContext(body)
        ? withCallback(body, [])
        : applyFunction(body, suiteThis, body.length > 0 ? [context] : []);
    default:
      return undefined;
  }
}

/** A body that takes its argument apart wants vitest's context; a name stands for `done`. */
function takesContext(body: Body): boolean {
  const text = functionText(body);
  const pattern = /^(?:async\b)?\s*(?:function\b)?\s*\*?\s*[\w$]*\s*\(?\s*(?:\{|(?:t|ctx|context|_)\s*[,)=])/;
  return execPattern(/^async\b/, text) !== null || execPattern(pattern, text) !== null;
}

/** The body says that it is done, or why it failed, by a function that it is given as its last argument. */
function withCallback(body: Body, before: readonly unknown[]): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const done = (problem?: unknown): void => {
      if (problem === undefined || problem === null || problem === '') resolve(undefined);
      else reject(problem);
    };
    const result = applyFunction(body, suiteThis, [...before, Object.assign(done, { fail: reject })]);
    if (result instanceof Promise) result.then(undefined, reject);
  });
}
