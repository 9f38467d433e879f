/**
 * Which data of others a value is made of. Looks backwards from a sink through names, members, calls of functions of the
 * same module (arguments in, returns out) and texts put together, to a source. One module at a time, without order: a
 * name has all the values it is ever given, except where a test in between lets only harmless ones through.
 */
import type { Function as FunctionNode, Node } from '@babel/types';
import type { Step } from '../finding.ts';
import type { Module } from '../module.ts';
import { propertyOf, unwrap } from '../syntax/names.ts';
import { anyElement, isFunction, type Binding } from '../syntax/scope.ts';
import { isGuarded } from './guards.ts';
import { harmlessMembers, isSanitizer, type SinkKind } from './sanitizers.ts';
import { sourceOfGlobal, sourceOfParameter, type Source } from './sources.ts';

export interface Trace {
  readonly source: Source;
  /** From the source on. */
  readonly steps: readonly Step[];
}

const deepestPath = 5;
const mostSteps = 60;

export class Taint {
  readonly #module: Module;
  readonly #kind: SinkKind;
  readonly #open = new Set<string>();
  /** Bounds the work of one question. */
  #fuel = 4_000;

  constructor(module: Module, kind: SinkKind) {
    this.#module = module;
    this.#kind = kind;
  }

  /** The trace of the value of an expression, or of what `path` takes out of it. */
  of(wrapped: Node, path: readonly string[] = []): Trace | undefined {
    const node = unwrap(wrapped);
    if (path.length > deepestPath) return this.of(node, path.slice(0, deepestPath));
    this.#fuel -= 1;
    if (this.#fuel < 0) return undefined;
    const key = `${node.start ?? -1}-${node.end ?? -1}/${path.join('/')}`;
    if (this.#open.has(key)) return undefined;
    this.#open.add(key);
    try {
      return this.#find(node, path);
    } finally {
      this.#open.delete(key);
    }
  }

  #first(nodes: readonly (Node | null | undefined)[], path: readonly string[]): Trace | undefined {
    for (const node of nodes) {
      const trace = node == null ? undefined : this.of(node, path);
      if (trace !== undefined) return trace;
    }
    return undefined;
  }

  #find(node: Node, path: readonly string[]): Trace | undefined {
    switch (node.type) {
      case 'Identifier':
        return this.#ofName(node, path);
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return this.#ofMember(node, path);
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return this.#ofCall(node, path);
      case 'TemplateLiteral':
        return this.#through(node, this.#first(node.expressions, []));
      case 'TaggedTemplateExpression':
        return isSanitizer(this.#module.nameOf(node.tag), this.#kind)
          ? undefined
          : this.#first(node.quasi.expressions, []);
      case 'BinaryExpression':
        return node.operator === '+' ? this.#through(node, this.#first([node.left, node.right], [])) : undefined;
      case 'LogicalExpression':
        return this.#first([node.left, node.right], path);
      case 'ConditionalExpression':
        return this.#first([node.consequent, node.alternate], path);
      case 'AssignmentExpression':
        return this.of(node.right, path);
      case 'SequenceExpression':
        return this.#first([node.expressions.at(-1)], path);
      case 'ObjectExpression':
        return this.#ofObject(node, path);
      case 'ArrayExpression':
        return this.#first(node.elements, path.slice(1));
      case 'SpreadElement':
        return this.of(node.argument, path);
      default:
        return undefined;
    }
  }

  #ofObject(node: Extract<Node, { type: 'ObjectExpression' }>, path: readonly string[]): Trace | undefined {
    const [name, ...rest] = path;
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        const trace = this.of(property.argument, path);
        if (trace !== undefined) return trace;
      }
      if (property.type !== 'ObjectProperty') continue;
      const key =
        property.key.type === 'Identifier' && !property.computed
          ? property.key.name
          : property.key.type === 'StringLiteral'
            ? property.key.value
            : anyElement;
      if (name !== undefined && name !== anyElement && key !== anyElement && key !== name) continue;
      const trace = this.of(property.value, rest);
      if (trace !== undefined) return trace;
    }
    return undefined;
  }

  #ofName(node: Extract<Node, { type: 'Identifier' }>, path: readonly string[]): Trace | undefined {
    const binding = this.#module.scopes.resolve(node);
    if (path.some((part) => harmlessMembers.has(part))) return undefined;
    if (binding === undefined) {
      const source =
        sourceOfGlobal([node.name, ...path].slice(0, 3).join('.')) ??
        sourceOfGlobal([node.name, ...path].slice(0, 2).join('.'));
      return source === undefined ? undefined : this.#begin(node, source);
    }
    if (isGuarded(this.#module, node, this.#kind)) return undefined;
    const trace = this.#ofBinding(binding, path);
    return trace === undefined ? undefined : this.#through(node, trace);
  }

  #ofBinding(binding: Binding, path: readonly string[]): Trace | undefined {
    const source = sourceOfParameter(binding, path, this.#isOpen, this.#module.scopes.parentOf);
    if (source !== undefined && source.kind !== 'caller') return this.#begin(binding.declaration, source);
    for (const value of binding.values) {
      const trace = this.of(value.node, [...value.path, ...path]);
      if (trace !== undefined) return trace;
    }
    const members =
      path[0] === undefined || path[0] === anyElement
        ? [...binding.members.values()].flat()
        : [...(binding.members.get(path[0]) ?? []), ...(binding.members.get(anyElement) ?? [])];
    return (
      this.#first(members, path.slice(1)) ??
      this.#ofArguments(binding, path) ??
      (source === undefined ? undefined : this.#begin(binding.declaration, source))
    );
  }

  /** Whoever calls an export decides about its parameters; for commands, code and SQL also where nobody calls it here. */
  readonly #isOpen = (called: Node): boolean =>
    this.#module.isExported(called) ||
    (strict.has(this.#kind) && isFunction(called) && isNamed(called) && this.#module.callsOf(called).length === 0);

  /** What the calls of its function give a parameter. */
  #ofArguments({ parameter }: Binding, path: readonly string[]): Trace | undefined {
    if (parameter === undefined) return undefined;
    const { of, index } = parameter;
    const inner = [...parameter.path, ...path];
    for (const call of this.#module.callsOf(of)) {
      const spread = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
      const argument = spread !== -1 && spread <= index ? call.arguments[spread] : call.arguments[index];
      const trace = argument === undefined ? undefined : this.of(argument, inner);
      if (trace !== undefined) return trace;
    }
    return this.#ofCallback(of, index, inner);
  }

  /** A function that is handed to a method gets what the receiver holds: `names.map((name) => …)`. */
  #ofCallback(of: FunctionNode, index: number, path: readonly string[]): Trace | undefined {
    const call = this.#module.scopes.parentOf(of);
    if (
      call?.type !== 'CallExpression' ||
      call.callee.type !== 'MemberExpression' ||
      call.callee.property.type !== 'Identifier'
    )
      return undefined;
    const method = call.callee.property.name;
    if (/^(?:map|forEach|filter|find|flatMap|some|every|findIndex)$/.test(method) && index === 0)
      return this.of(call.callee.object, [anyElement, ...path]);
    if (/^(?:reduce|reduceRight)$/.test(method) && index === 1)
      return this.of(call.callee.object, [anyElement, ...path]);
    if (method === 'then' && index === 0) return this.of(call.callee.object, path);
    const first = call.arguments[0];
    const event = first?.type === 'StringLiteral' ? first.value : '';
    if (
      method === 'on' &&
      index === 0 &&
      event === 'data' &&
      this.of(call.callee.object, []) === undefined &&
      /^\?(?:req|request)$/.test(this.#module.nameOf(call.callee.object))
    )
      return this.#begin(of, { kind: 'request', text: 'the body of the request' });
    if (
      /^(?:addEventListener|on)$/.test(method) &&
      event === 'message' &&
      index === 0 &&
      (path[0] === 'data' || method === 'on')
    )
      return this.#begin(of, { kind: 'request', text: 'a message' });
    return undefined;
  }

  #ofMember(
    node: Extract<Node, { type: 'MemberExpression' | 'OptionalMemberExpression' }>,
    path: readonly string[],
  ): Trace | undefined {
    const property = propertyOf(node) ?? anyElement;
    if (harmlessMembers.has(property)) return undefined;
    const global = sourceOfGlobal(this.#module.nameOf(node));
    if (global !== undefined) return this.#begin(node, global);
    if (isGuarded(this.#module, node, this.#kind)) return undefined;
    return this.of(node.object, [property, ...path]);
  }

  #ofCall(
    node: Extract<Node, { type: 'CallExpression' | 'OptionalCallExpression' | 'NewExpression' }>,
    path: readonly string[],
  ): Trace | undefined {
    const name = this.#module.nameOf(node.callee);
    if (isSanitizer(name, this.#kind) || this.#cleans(node)) return undefined;
    const called = this.#module.functionOf(node.callee);
    if (called !== undefined) {
      const trace = this.#first(this.#module.returnsOf(called), path);
      return trace === undefined ? undefined : this.#through(node, trace);
    }
    if (/^(?:require|import|Symbol|Map|Set|WeakMap|Error|\w*Error)$/.test(name)) return undefined;
    if (name === 'URL' && path[0] !== undefined && /^(?:searchParams|search|hash)$/.test(path[0])) {
      const trace = this.#first(node.arguments, []);
      return trace === undefined
        ? undefined
        : this.#through(node, {
            ...trace,
            source: { ...trace.source, kind: trace.source.kind === 'caller' ? 'caller' : 'request' },
          });
    }
    // Of another host than the constant one it is put upon nothing can come.
    const given = name === 'URL' && node.arguments.length === 2 ? node.arguments.slice(0, 1) : node.arguments;
    const { callee } = node;
    const isMember = callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression';
    const receiver = isMember ? this.of(callee, path) : undefined;
    // Calling a method of an object that was handed in says nothing of who made what comes out.
    if (receiver !== undefined && (receiver.source.kind !== 'caller' || keepsText.test(name)))
      return this.#through(node, receiver);
    if (receiver !== undefined) return undefined;
    // Callbacks are not values of the result.
    const values = given.filter((argument) => !isFunction(argument));
    const trace = this.#first(values, []);
    return trace === undefined || (trace.source.kind === 'caller' && !keepsText.test(name))
      ? undefined
      : this.#through(node, trace);
  }

  /** `replace(/[^a-z]/g, '')` keeps only what it names. */
  #cleans(node: Node): boolean {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
    const { property } = node.callee;
    const [pattern] = node.arguments;
    // `names.map(quoted)`
    if (property.type === 'Identifier' && property.name === 'map' && pattern?.type === 'Identifier')
      return isSanitizer(pattern.name, this.#kind);
    if (property.type !== 'Identifier' || !/^replace(?:All)?$/.test(property.name) || pattern?.type !== 'RegExpLiteral')
      return false;
    if (pattern.pattern.startsWith('[^') && pattern.flags.includes('g')) return true;
    if (this.#kind === 'html' || this.#kind === 'template')
      return pattern.pattern.includes('<') || pattern.pattern.includes('&');
    if (this.#kind === 'log' || this.#kind === 'header') return /\\[nr]|\\s/.test(pattern.pattern);
    if (this.#kind === 'path') return pattern.pattern.includes(String.raw`\.\.`);
    if (this.#kind === 'regex') return pattern.pattern.includes('\\\\') && pattern.pattern.includes('*');
    return this.#kind === 'command' && pattern.pattern.includes("'");
  }

  #begin(node: Node, source: Source): Trace {
    return { source, steps: [this.#module.stepOf(node, `source: ${source.text}`)] };
  }

  #through(node: Node, trace: Trace | undefined): Trace | undefined {
    if (trace === undefined || trace.steps.length >= mostSteps) return trace;
    const step = this.#module.stepOf(node);
    const last = trace.steps.at(-1);
    return last?.line === step.line ? trace : { ...trace, steps: [...trace.steps, step] };
  }
}

const strict: ReadonlySet<SinkKind> = new Set(['command', 'code', 'sql']);

/** A function of its own, not one that is handed to another. */
const isNamed = (called: FunctionNode): boolean =>
  called.type === 'FunctionDeclaration' || called.type === 'ClassMethod' || called.type === 'ObjectMethod';

/** Functions that make a text of their arguments, for which a parameter of the caller counts too. */
const keepsText =
  /(?:^|\.)(?:String|join|resolve|normalize|format|concat|trim|toString|replace|slice|substring|decodeURIComponent|toLowerCase|toUpperCase|stringify|from|URL|raw)(?:\(\))?$/;
