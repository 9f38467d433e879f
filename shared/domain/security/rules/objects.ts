/** Objects that input reaches into: names of properties, merges, documents that become objects, and what answers give away. */
import type { AssignmentExpression, Function as FunctionNode, Node } from '@babel/types';
import { Taint } from '../flow/taint.ts';
import { isCall, type Call, type Module } from '../module.ts';
import { unwrap } from '../syntax/names.ts';
import { isFunction } from '../syntax/scope.ts';
import { isBoolean, isCallOf, optionOf } from './construct.ts';
import { flowRules } from './flow-rules.ts';
import type { Detector, Rule, Site } from './rule.ts';

export const objectRules = {
  deserialize: {
    id: 'unsafe-deserialisation',
    title: 'Objects made of input',
    cwe: [502],
    severity: 'high',
    impact: 'A document of somebody else’s makes objects that run code.',
    fix: 'Read JSON and check it against a schema; `yaml.load` only with a safe schema.',
  },
  leak: {
    id: 'error-details-in-answer',
    title: 'Stack of an error in an answer',
    cwe: [209],
    severity: 'medium',
    impact: 'It names files, versions and queries to whoever provokes it.',
    fix: 'Log the error and answer with a number to ask about.',
  },
  buffer: {
    id: 'uninitialised-memory',
    title: 'Memory that was not emptied',
    cwe: [665],
    severity: 'low',
    impact: 'Old contents of the memory may get out.',
    fix: 'Use `Buffer.alloc` or `Buffer.from`.',
  },
  bidirectional: {
    id: 'hidden-direction',
    title: 'Characters that turn the direction of text',
    cwe: [1007],
    severity: 'medium',
    impact: 'The code reads otherwise than it runs.',
    fix: 'Write them as escapes, such as `\\u202e`.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const protection =
  /__proto__|hasOwnProperty|hasOwn\b|Object\.create\(null\)|isPrototypePolluted|isUnsafeKey|unsafeKeys?|isProto|prototype['"]|new Map|isObjectPrototype|disallowedKeys|isSafeKey/i;

const codeOf = (module: Module, node: Node): string => module.text.slice(node.start ?? 0, node.end ?? 0);

/** `target[key] = …` with a key that is no constant and no number of a loop. */
const dynamicKey = (node: Node): { readonly object: Node; readonly key: Node } | undefined => {
  const left = unwrap(node);
  if (left.type !== 'MemberExpression' || !left.computed) return undefined;
  const key = unwrap(left.property);
  return (key.type.endsWith('Literal') && key.type !== 'TemplateLiteral') ||
    key.type === 'UpdateExpression' ||
    (key.type === 'Identifier' && /^(?:i|j|k|n|index|idx)$/.test(key.name))
    ? undefined
    : { object: left.object, key };
};

/** A place whose prototype cannot be reached: a `Map`, or an object without one. */
const isBare = (module: Module, object: Node): boolean => {
  const node = unwrap(object);
  if (node.type !== 'Identifier') return false;
  const values = module.scopes.resolve(node)?.values ?? [];
  return values.some((value) =>
    /^Object\.create\(\s*null|^new (?:Map|Set|URLSearchParams|Headers|\w*Array)|^\[/.test(codeOf(module, value.node)),
  );
};

/** Copies all of an object into another and calls itself for objects inside of it. */
const isDeepMerge = (module: Module, around: FunctionNode, node: AssignmentExpression): boolean => {
  const code = codeOf(module, around);
  const isLoop =
    /\bfor\s*\(\s*(?:(?:var|let|const)\s+)?[\w$[\], ]+\s+(?:in|of)\b|Object\.(?:keys|entries|getOwnPropertyNames)\(|\.forEach\(|_\.(?:each|forEach)\(/.test(
      code,
    );
  if (!isLoop) return false;
  const own = namesOf(module, around);
  const calls = module.calls.filter(
    (call) => (call.start ?? 0) >= (around.start ?? 0) && (call.end ?? 0) <= (around.end ?? 0),
  );
  return calls.some(({ callee, arguments: given }) => {
    const called =
      callee.type === 'Identifier'
        ? callee.name
        : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
          ? callee.property.name
          : '';
    return (
      own.has(called) &&
      given.some(
        (argument) =>
          argument.type === 'MemberExpression' &&
          argument.computed &&
          codeOf(module, argument.object) === codeOf(module, (unwrap(node.left) as { readonly object: Node }).object),
      )
    );
  });
};

const namesOf = (module: Module, around: FunctionNode): ReadonlySet<string> => {
  const names = new Set<string>();
  if ('id' in around && around.id?.type === 'Identifier') names.add(around.id.name);
  if ('key' in around && around.key.type === 'Identifier') names.add(around.key.name);
  const parent = module.parentOf(around);
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') names.add(parent.id.name);
  if (parent?.type === 'AssignmentExpression') names.add(codeOf(module, parent.left).split('.').at(-1) ?? '');
  return names;
};

/** Walks down an object along a path of names: `current = current[name]` in a loop, then `current[last] = value`. */
const isPathSet = (module: Module, around: FunctionNode, object: Node): boolean => {
  const target = unwrap(object);
  if (target.type !== 'Identifier') return false;
  const escaped = target.name.replaceAll('$', String.raw`\$`);
  return (
    new RegExp(String.raw`\b${escaped}\s*=\s*(?:\(?\s*)${escaped}\s*\[[^\]]*[^\]\d\s][^\]]*\]`).test(
      codeOf(module, around),
    ) && /split\(|\.shift\(|\.reduce\(|path|keys|parts|segments/i.test(codeOf(module, around))
  );
};

const outermost = (module: Module, node: Node): FunctionNode | undefined => {
  let found: FunctionNode | undefined;
  for (
    let at = module.parentOf(node), depth = 0;
    at !== undefined && depth < 40;
    at = module.parentOf(at), depth += 1
  ) {
    if (isFunction(at)) {
      found = at;
      const parent = module.parentOf(at);
      if (parent?.type !== 'CallExpression' || parent.callee === at) return found;
    }
  }
  return found;
};

const pollution = (module: Module, node: Node): readonly Site[] => {
  if (node.type !== 'AssignmentExpression') return [];
  const place = dynamicKey(node.left);
  const around = outermost(module, node);
  if (place === undefined || isBare(module, place.object)) return [];
  const rule = flowRules.key;
  if (around !== undefined && protection.test(codeOf(module, around))) return [];
  const trace = new Taint(module, 'key').of(place.key);
  if (trace !== undefined && trace.source.kind === 'request')
    return [
      {
        rule,
        node,
        trace,
        confidence: unwrap(place.object).type === 'MemberExpression' ? 'high' : 'medium',
        severity: isNested(place.object) ? 'high' : 'medium',
        message: `${trace.source.text} names the property that is set: ${module.codeOf(node.left)}`,
      },
    ];
  if (around === undefined) return [];
  if (isDeepMerge(module, around, node))
    return [
      {
        rule,
        node,
        confidence: 'medium',
        message: `A deep copy takes every name, also \`__proto__\`: ${module.codeOf(node)}`,
      },
    ];
  return isPathSet(module, around, place.object)
    ? [
        {
          rule,
          node,
          confidence: 'medium',
          message: `A path of names may lead through \`__proto__\`: ${module.codeOf(node)}`,
        },
      ]
    : [];
};

const isNested = (object: Node): boolean => {
  const node = unwrap(object);
  return node.type === 'MemberExpression' && node.computed;
};

const documents = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  const site = (rule: Rule, message: string, more: Partial<Site> = {}): Site => ({
    rule,
    node: call,
    message,
    confidence: 'medium',
    ...more,
  });
  const options = call.arguments.map((argument) => module.codeOf(argument)).join(' ');
  if (
    /^node-serialize\.unserialize$|^serialize-to-js\.deserialize$|^(?:funcster)\.deepDeserialize$|^cryo\.parse$/.test(
      name,
    )
  )
    return [site(objectRules.deserialize, `${name} runs code of the document`)];
  if (/^js-yaml\.load$/.test(name) && /DEFAULT_FULL_SCHEMA|UNSAFE/.test(options))
    return [site(objectRules.deserialize, 'This schema makes functions of texts')];
  if (/^libxmljs2?\.parse/.test(name) && isBoolean(optionOf(module, call.arguments[1], 'noent'), true))
    return [site(flowRules.xml, 'External entities are resolved')];
  if (
    name === 'Buffer' &&
    call.type === 'NewExpression' &&
    call.arguments[0]?.type !== 'StringLiteral' &&
    call.arguments[0]?.type !== 'ArrayExpression'
  )
    return [site(objectRules.buffer, 'With a number it holds old memory', { confidence: 'low' })];
  if (
    /\.(?:read|write)(?:U?Int|Float|Double)\w*$/.test(name) &&
    isBoolean(call.arguments.at(-1), true) &&
    call.arguments.length >= (name.includes('.write') ? 3 : 2)
  )
    return [site(objectRules.buffer, 'Bounds are not checked (noAssert)', { confidence: 'low' })];
  return [];
};

const leaks = (module: Module, call: Call): readonly Site[] => {
  if (
    !isCallOf(
      module,
      call,
      /^\?(?:this\.)?(?:res|response|reply|c|ctx)(?:\.\w+\(\))*\.(?:send|json|end|write|text|html)$|^Response$|^Response\.json$/,
    )
  )
    return [];
  const [first] = call.arguments;
  if (first === undefined || !/(?:\b(?:err|error|e|ex|exception)|cause)\.stack\b/.test(codeOf(module, first)))
    return [];
  return [
    {
      rule: objectRules.leak,
      node: call,
      confidence: 'medium',
      message: `The stack of an error is answered: ${module.codeOf(call)}`,
    },
  ];
};

const direction = /[\u202A-\u202E\u2066-\u2069]/;

const hidden = (module: Module): readonly Site[] => {
  const at = module.text.search(direction);
  if (at === -1) return [];
  const node =
    module.nodes.filter((each) => (each.start ?? 0) <= at && (each.end ?? 0) >= at).at(-1) ?? module.file.program;
  return [
    {
      rule: objectRules.bidirectional,
      node,
      confidence: 'medium',
      message: `Character U+${module.text.charCodeAt(at).toString(16).toUpperCase()} turns the direction of the text`,
    },
  ];
};

export const findObjects: Detector = (module) => [
  ...module.nodes.flatMap((node) => pollution(module, node)),
  ...module.nodes.filter(isCall).flatMap((call) => [...documents(module, call), ...leaks(module, call)]),
  ...hidden(module),
];
