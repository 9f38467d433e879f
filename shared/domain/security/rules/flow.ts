/** Finds what flows from a source into a sink. */
import type { Node } from '@babel/types';
import type { Confidence } from '../finding.ts';
import type { SinkKind } from '../flow/sanitizers.ts';
import { Taint, type Trace } from '../flow/taint.ts';
import { isCall, type Call, type Module } from '../module.ts';
import { propertyOf, unwrap } from '../syntax/names.ts';
import { isFunction } from '../syntax/scope.ts';
import { destinationOf, optionOf } from './construct.ts';
import { flowRules } from './flow-rules.ts';
import type { Rule, Site } from './rule.ts';
import { sinks, sqlPattern, type Sink } from './sinks.ts';

type FlowKind = Exclude<SinkKind, 'compare'>;

const ruleOf = (kind: SinkKind): Rule => flowRules[kind === 'compare' ? 'code' : (kind satisfies FlowKind)];

/** A constant host, followed by a path: whatever comes after it stays on that host. */
const fixedHost = /^(?:https?|wss?):\/\/[^/?#]+[/?#]/;
const fixedPath = /^\/(?![/\\])|^[?#]/;

/** The first part of a text that is put together, after its constant beginning. */
const leadOf = (module: Module, wrapped: Node): Node => {
  const node = unwrap(wrapped);
  if (node.type === 'BinaryExpression' && node.operator === '+' && node.left.type !== 'PrivateName')
    return module.constants.textOf(node.left) === undefined ? leadOf(module, node.left) : leadOf(module, node.right);
  if (node.type === 'NewExpression') {
    const name = module.nameOf(node.callee);
    const [address] = node.arguments;
    if (address !== undefined && (name === 'Request' || (name === 'URL' && node.arguments.length === 1)))
      return leadOf(module, address);
  }
  if (node.type === 'TemplateLiteral')
    return node.expressions.find((each) => module.constants.textOf(each) === undefined) ?? node;
  if (node.type === 'Identifier') {
    const values = module.scopes.resolve(node)?.values ?? [];
    const [only] = values;
    if (
      values.length === 1 &&
      only !== undefined &&
      only.path.length === 0 &&
      /^(?:BinaryExpression|TemplateLiteral)$/.test(only.node.type)
    )
      return leadOf(module, only.node);
  }
  return node;
};

const isHarmlessText = (module: Module, kind: SinkKind, node: Node): boolean => {
  const prefix = module.constants.prefixOf(node);
  if (kind === 'request') return fixedHost.test(prefix) || fixedPath.test(prefix);
  if (kind === 'redirect') return fixedHost.test(prefix) || (fixedPath.test(prefix) && prefix !== '/');
  return false;
};

const confidenceOf = (trace: Trace, sink: Sink, composed: boolean): Confidence => {
  if (trace.source.kind !== 'caller') return 'high';
  // Names of tables and columns come as members of descriptions that the program made itself.
  if (sink.kind === 'sql') return composed && !trace.source.text.includes('.') ? 'medium' : 'low';
  if (sink.kind === 'command') return composed ? 'medium' : 'low';
  return sink.kind === 'code' ? 'medium' : 'low';
};

const describe = (rule: Rule, module: Module, node: Node, trace: Trace): string =>
  `${rule.title}: ${trace.source.text} reaches ${module.codeOf(node)}`;

const argumentsOf = (call: Call, sink: Sink): readonly Node[] => {
  if (sink.arguments === 'all') return call.arguments;
  if (sink.arguments === 'last') return call.arguments.slice(-1);
  return sink.arguments.flatMap((index) => call.arguments[index] ?? []);
};

/** A header that came as one has no line break in it; a request’s own address leads to its own host. */
const isOwnMatter = (kind: SinkKind, trace: Trace): boolean =>
  ((kind === 'header' || kind === 'log') && trace.source.kind !== 'request') ||
  ((kind === 'request' || kind === 'redirect') && trace.source.kind === 'address');

const isPlainAnswer = (module: Module, call: Call): boolean => {
  // `response.type('text/plain').send(…)`, and an answer whose type says that it is no HTML.
  if (call.type === 'NewExpression') {
    const [, options] = call.arguments;
    return options === undefined || !/html/i.test(module.codeOf(options));
  }
  return /(?:type|contentType|setHeader|set|header)\([^)]*(?:text\/plain|application\/json|['"](?:json|txt|text)['"])/.test(
    module.codeOf(call.callee),
  );
};

/** `{ sql: '…' }` stands for its text. */
const statementOf = (module: Module, sink: Sink, argument: Node): Node =>
  (sink.kind === 'sql' ? (optionOf(module, argument, 'sql') ?? optionOf(module, argument, 'text')) : undefined) ??
  argument;

/** The root of `sendFile` is kept by Express itself; a joined path is often checked right after. */
const isKeptInside = (module: Module, call: Call, sink: Sink): boolean => {
  if (sink.kind !== 'path') return false;
  const name = module.nameOf(call.callee);
  const [, options] = call.arguments;
  if (/\.(?:sendFile|sendfile|download)$/.test(name))
    return (
      options !== undefined &&
      !isFunction(options) &&
      (/root/.test(module.codeOf(options)) || options.type === 'Identifier')
    );
  if (!/\.(?:join|resolve)$/.test(name)) return false;
  const joined = destinationOf(module, call);
  const around = module.functionAround(call);
  const code = around === undefined ? module.text : module.text.slice(around.start ?? 0, around.end ?? 0);
  return (
    joined !== '' &&
    (code.includes(`${joined}.startsWith(`) || code.includes(`${joined}.indexOf(`) || /\brelative\(/.test(code))
  );
};

const judgeCall = (module: Module, call: Call, sink: Sink): Site | undefined => {
  const rule = ruleOf(sink.kind);
  if (sink.kind === 'html' && isPlainAnswer(module, call)) return undefined;
  const values =
    sink.kind === 'html' && call.type === 'NewExpression' ? call.arguments.slice(0, 1) : argumentsOf(call, sink);
  for (const argument of values) {
    if (isFunction(argument) || (sink.kind === 'html' && unwrap(argument).type === 'ObjectExpression')) continue;
    if (isKeptInside(module, call, sink)) continue;
    const text = module.constants.partsOf(statementOf(module, sink, argument)).join(' ');
    if (sink.text !== undefined && !sink.text.test(text)) continue;
    if (module.constants.textOf(argument) !== undefined || isHarmlessText(module, sink.kind, argument)) continue;
    const composed = module.constants.isComposed(argument);
    const trace = traceOf(module, sink, argument);
    if (trace === undefined || isOwnMatter(sink.kind, trace)) {
      if (sink.always === true && trace === undefined && !isSafeCode(module, argument))
        return { rule, node: call, confidence: 'low', message: `${rule.title}: ${module.codeOf(call)}` };
      continue;
    }
    if (sink.onlyRequest === true && trace.source.kind === 'caller') continue;
    if (sink.onlyComposed === true && !composed && sink.kind !== 'code' && trace.source.kind === 'caller') continue;
    if (sink.kind === 'log' && !composed) continue;
    if (sink.kind === 'code' && sink.onlyComposed === true && !composed && trace.source.kind === 'caller') continue;
    return {
      rule,
      node: call,
      trace,
      confidence: confidenceOf(trace, sink, composed),
      message: describe(rule, module, call, trace),
    };
  }
  return undefined;
};

/** What decides about a query are its values, about a request its address, even inside of an object of options. */
const traceOf = (module: Module, sink: Sink, argument: Node): Trace | undefined => {
  const taint = () => new Taint(module, sink.kind);
  const node = unwrap(argument);
  if (sink.kind === 'request' && node.type === 'ObjectExpression')
    return ['url', 'uri', 'host', 'hostname', 'baseURL'].reduce<Trace | undefined>(
      (found, name) => found ?? taint().of(node, [name]),
      undefined,
    );
  // The beginning of an address decides where it leads.
  if (sink.kind === 'request' || sink.kind === 'redirect') return taint().of(leadOf(module, node));
  if (sink.kind === 'nosql') return documentTrace(taint(), node);
  if (sink.kind === 'sql' && node.type === 'ObjectExpression')
    return taint().of(node, ['sql']) ?? taint().of(node, ['text']);
  return taint().of(node);
};

/** Only a body or a parsed query can hold an object where a text is expected. */
const documentTrace = (taint: Taint, node: Node): Trace | undefined => {
  const trace =
    node.type === 'ObjectExpression' || /body|json/.test(taint.of(node)?.source.text ?? '')
      ? taint.of(node)
      : undefined;
  return trace !== undefined && /(?:body|query|json)/.test(trace.source.text) ? trace : undefined;
};

const isSafeCode = (module: Module, node: Node): boolean =>
  /^(?:require|String\.raw|fs\.readFileSync|fs\.promises\.readFile)/.test(
    module.nameOf(isCall(node) ? node.callee : node),
  );

/** Programs that take a command line as an argument make a shell of a call without one. */
const shellCall = (module: Module, call: Call): Site | undefined => {
  const name = module.nameOf(call.callee);
  if (!/^(?:child_process|cross-spawn|execa)\.?(?:spawn|spawnSync|execFile|execFileSync|sync)?$/.test(name))
    return undefined;
  const options = call.arguments.map((argument) => module.codeOf(argument)).join(' ');
  const program = call.arguments[0];
  const isShell =
    /shell:\s*(?:true|['"])/.test(options) ||
    (program !== undefined &&
      /^(?:\/\w+)*\/?(?:sh|bash|zsh|cmd|cmd\.exe|powershell)$/.test(module.constants.textOf(program) ?? ''));
  if (!isShell) return undefined;
  for (const argument of call.arguments.slice(0, 2)) {
    const trace = new Taint(module, 'command').of(argument);
    if (trace === undefined) continue;
    const rule = flowRules.command;
    return {
      rule,
      node: call,
      trace,
      confidence: trace.source.kind === 'caller' ? 'medium' : 'high',
      message: describe(rule, module, call, trace),
    };
  }
  return undefined;
};

const assigned: readonly { readonly kind: SinkKind; readonly property: RegExp; readonly object?: RegExp }[] = [
  { kind: 'html', property: /^(?:innerHTML|outerHTML|srcdoc)$/ },
  { kind: 'redirect', property: /^location$/, object: /^(?:window|document|self|top|parent|globalThis)?$/ },
  { kind: 'redirect', property: /^href$/, object: /location$/ },
];

const assignment = (module: Module, node: Node): Site | undefined => {
  if (node.type !== 'AssignmentExpression') return undefined;
  const left = unwrap(node.left);
  const property = left.type === 'Identifier' ? left.name : propertyOf(left);
  const object = left.type === 'MemberExpression' ? module.nameOf(left.object) : '';
  const sink = assigned.find(
    (each) => property !== undefined && each.property.test(property) && (each.object?.test(object) ?? true),
  );
  if (
    sink === undefined ||
    (left.type === 'Identifier' && (property !== 'location' || module.scopes.resolve(left) !== undefined))
  )
    return undefined;
  if (isHarmlessText(module, sink.kind, node.right)) return undefined;
  const trace = new Taint(module, sink.kind).of(sink.kind === 'redirect' ? leadOf(module, node.right) : node.right);
  if (trace === undefined || trace.source.kind === 'address') return undefined;
  const rule = ruleOf(sink.kind);
  const confidence = trace.source.kind === 'caller' ? 'low' : 'high';
  return { rule, node, trace, confidence, message: describe(rule, module, node, trace) };
};

const markup = (module: Module, node: Node): Site | undefined => {
  if (
    node.type !== 'JSXAttribute' ||
    node.name.name !== 'dangerouslySetInnerHTML' ||
    node.value?.type !== 'JSXExpressionContainer'
  )
    return undefined;
  const trace = new Taint(module, 'html').of(node.value.expression, ['__html']);
  const rule = flowRules.html;
  const code = module.codeOf(node);
  if (trace === undefined) return undefined;
  return {
    rule,
    node,
    trace,
    confidence: trace.source.kind === 'caller' ? 'medium' : 'high',
    message: `${rule.title}: ${trace.source.text} reaches ${code}`,
  };
};

/** SQL whose text is put together from a request, wherever it goes. */
const sqlText = (module: Module, node: Node): Site | undefined => {
  if (node.type !== 'TemplateLiteral' && !(node.type === 'BinaryExpression' && node.operator === '+')) return undefined;
  const parent = module.parentOf(node);
  if (parent?.type === 'BinaryExpression' || parent?.type === 'TaggedTemplateExpression') return undefined;
  const parts = module.constants.partsOf(node);
  if (
    !sqlPattern.test(parts.join(' ')) ||
    !/^\s*(?:select|insert|update|delete|drop|create|alter)\b/i.test(parts[0] ?? '')
  )
    return undefined;
  const trace = new Taint(module, 'sql').of(node);
  if (trace === undefined || trace.source.kind === 'caller') return undefined;
  return {
    rule: flowRules.sql,
    node,
    trace,
    confidence: 'medium',
    message: describe(flowRules.sql, module, node, trace),
  };
};

const siteOfCall = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  const found: Site[] = [];
  const shell = shellCall(module, call);
  if (shell !== undefined) return [shell];
  for (const sink of sinks) {
    if (!sink.name.test(name) || found.some(({ rule }) => rule === ruleOf(sink.kind))) continue;
    const site = judgeCall(module, call, sink);
    if (site !== undefined) found.push(site);
  }
  return found;
};

const startOf = ({ node }: Site): number => node.start ?? 0;

/** A text or a path that another finding passes through is told there. */
const withoutStations = (sites: readonly Site[]): readonly Site[] =>
  sites.filter((site) => {
    const { line, column } = { line: site.node.loc?.start.line, column: (site.node.loc?.start.column ?? -1) + 1 };
    return !sites.some(
      (other) =>
        other !== site &&
        other.rule === site.rule &&
        ((startOf(other) <= startOf(site) && (other.node.end ?? 0) >= (site.node.end ?? 0)) ||
          other.trace?.steps.some((step) => step.line === line && step.column === column) === true),
    );
  });

export const findFlows = (module: Module): readonly Site[] =>
  withoutStations([
    ...module.calls.flatMap((call) => siteOfCall(module, call)),
    ...module.nodes.flatMap((node) =>
      [assignment(module, node), markup(module, node), sqlText(module, node)].filter((site) => site !== undefined),
    ),
  ]);
