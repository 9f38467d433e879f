/** Who is who: tokens that are not verified, cookies that scripts may read, other origins with credentials. */
import type { Node } from '@babel/types';
import { Taint } from '../flow/taint.ts';
import { isCall, type Call, type Module } from '../module.ts';
import { unwrap } from '../syntax/names.ts';
import { isBoolean, isCallOf, isWholeObject, optionOf } from './construct.ts';
import { site, type Detector, type Rule, type Site } from './rule.ts';

export const sessionRules = {
  unverified: {
    id: 'token-not-verified',
    title: 'Token that is not verified',
    cwe: [347],
    severity: 'high',
    impact: 'Everybody writes a token of their own and is whoever they want.',
    fix: 'Verify the signature with a fixed list of algorithms before anything of the token is used.',
  },
  tokenSecret: {
    id: 'hard-coded-token-secret',
    title: 'Secret of tokens in the source',
    cwe: [798],
    severity: 'high',
    impact: 'Everybody who reads the source signs tokens of their own.',
    fix: 'Read the secret from the environment or a vault, and replace the one that was in the source.',
  },
  cookie: {
    id: 'insecure-cookie',
    title: 'Session cookie without protection',
    cwe: [614, 1004],
    severity: 'medium',
    impact: 'A script or somebody on the network reads the session.',
    fix: 'Set `httpOnly`, `secure` and `sameSite`.',
  },
  cors: {
    id: 'permissive-cors',
    title: 'Every origin with credentials',
    cwe: [942],
    severity: 'high',
    impact: 'Every page that a user opens acts here in the user’s name.',
    fix: 'Allow only origins of a list; without a list no credentials.',
  },
  message: {
    id: 'message-without-origin',
    title: 'Message from any window',
    cwe: [346],
    severity: 'medium',
    impact: 'Every page that opens this one sends messages that it obeys.',
    fix: 'Compare `event.origin` with the expected one first; name the target of `postMessage`.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const isEmptySecret = (module: Module, node: Node | undefined): boolean => {
  if (node === undefined) return false;
  const value = unwrap(node);
  return (
    value.type === 'NullLiteral' ||
    (value.type === 'Identifier' && value.name === 'undefined') ||
    isBoolean(value, false) ||
    module.constants.textOf(value) === ''
  );
};

const tokens = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  const options = call.arguments.map((argument) => module.codeOf(argument)).join(' ');
  if (/^(?:jsonwebtoken|\?jwt|jwt)\.(?:verify|sign)$/.test(name)) {
    const algorithms =
      optionOf(module, call.arguments[2], 'algorithms') ?? optionOf(module, call.arguments[2], 'algorithm');
    if (algorithms !== undefined && /['"]none['"]/i.test(module.codeOf(algorithms)))
      return [site(sessionRules.unverified, call, 'The algorithm `none` needs no signature')];
    if (isEmptySecret(module, call.arguments[1]))
      return [site(sessionRules.unverified, call, 'There is no key to verify with')];
    if (/ignoreExpiration:\s*true/.test(options))
      return [site(sessionRules.unverified, call, 'Expired tokens are taken', { severity: 'medium' })];
  }
  if (/^jwt-simple\.decode$/.test(name) && isBoolean(call.arguments[2], true))
    return [site(sessionRules.unverified, call, 'The signature is not verified')];
  if (/^(?:jose\.UnsecuredJWT|UnsecuredJWT)\.decode$|^(?:jose\.)?JWT\.None/.test(name))
    return [site(sessionRules.unverified, call, 'A token without signature is taken')];
  if (/^jose\.(?:JWT\.verify|jwtVerify|JWT\.sign)$/.test(name) && /JWK\.None/.test(options))
    return [site(sessionRules.unverified, call, 'The algorithm `none` needs no signature')];
  const isDecode = /^(?:jsonwebtoken|\?jwt|jwt)\.decode$|^jwt-decode(?:\.jwtDecode|\.default)?$|^jose\.decodeJwt$/.test(
    name,
  );
  if (
    isDecode &&
    /\b(?:req|request|ctx|headers?|authorization|cookies?)\b/i.test(module.text) &&
    !/\b(?:jwtVerify|verify|verifyToken|jwtVerifier)\s*\(|\.verify\(/.test(module.text)
  )
    return [site(sessionRules.unverified, call, 'The token is read and nowhere verified')];
  return [];
};

const literalSecrets = (module: Module, call: Call): readonly Site[] => {
  const places: readonly (readonly [RegExp, (call: Call) => Node | undefined])[] = [
    [/^(?:jsonwebtoken|\?jwt|jwt)\.(?:sign|verify)$|^jwt-simple\.(?:encode|decode)$/, (each) => each.arguments[1]],
    [
      /^express-session$|^cookie-session$|^express-jwt(?:\.expressjwt|\.jwt)?$|^\??(?:session|expressJwt|expressjwt)$|^passport-jwt\.Strategy$|^koa-jwt$|^hono\/jwt\.jwt$/,
      (each) => optionOf(module, each.arguments[0], 'secret') ?? optionOf(module, each.arguments[0], 'secretOrKey'),
    ],
    [/^cookie-parser$/, (each) => each.arguments[0]],
    [
      /Strategy(?:\.\w+)?$/,
      (each) =>
        optionOf(module, each.arguments[0], 'clientSecret') ??
        optionOf(module, each.arguments[0], 'consumerSecret') ??
        optionOf(module, each.arguments[0], 'secretOrKey'),
    ],
    [/^crypto\.createHmac$/, (each) => each.arguments[1]],
    [/^jose\.JWT\.(?:sign|verify)$/, (each) => each.arguments[1]],
  ];
  const name = module.nameOf(call.callee);
  for (const [pattern, take] of places) {
    const value = pattern.test(name) ? take(call) : undefined;
    if (value === undefined) continue;
    const text = module.constants.textOf(
      isCall(value) && /\.(?:asKey|from|encode)$/.test(module.nameOf(value.callee))
        ? (value.arguments[0] ?? value)
        : value,
    );
    if (text !== undefined && text !== '' && !/^(?:HS|RS|ES|PS)\d{3}$/.test(text))
      return [site(sessionRules.tokenSecret, call, 'The secret stands in the source')];
  }
  return [];
};

const sessionNames =
  /^(?:sid|sess|session|sessionid|session_id|connect\.sid|auth|auth_token|token|access_token|refresh_token|jwt|remember_me|id_token|__session|session-id)$/i;

const cookies = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  if (
    /^\?\w*(?:res|response|reply|rep|cookies|c|ctx)\w*\.(?:cookie|setCookie|cookies\.set)$|^hono\/cookie\.setCookie$|^\?cookies(?:\(\))?\.set$/.test(
      name,
    )
  ) {
    const shift = name.startsWith('hono') ? 1 : 0;
    const cookie = call.arguments[shift] === undefined ? '' : (module.constants.textOf(call.arguments[shift]) ?? '');
    const options = call.arguments[2 + shift];
    const off = [optionOf(module, options, 'httpOnly'), optionOf(module, options, 'secure')].some((each) =>
      isBoolean(each, false),
    );
    const isSession = sessionNames.test(cookie);
    if (isSession && off)
      return [site(sessionRules.cookie, call, `The cookie “${cookie}” has its protection turned off`)];
    const isOpen =
      options === undefined ||
      (isWholeObject(module, options) &&
        (optionOf(module, options, 'httpOnly') === undefined || optionOf(module, options, 'secure') === undefined));
    return isSession && isOpen
      ? [site(sessionRules.cookie, call, `The cookie “${cookie}” lacks httpOnly or secure`)]
      : [];
  }
  if (/^(?:express-session|cookie-session|\?session|koa-session)$/.test(name)) {
    const cookie = name === 'cookie-session' ? call.arguments[0] : optionOf(module, call.arguments[0], 'cookie');
    const off = [optionOf(module, cookie, 'httpOnly'), optionOf(module, cookie, 'secure')].some((each) =>
      isBoolean(each, false),
    );
    return off ? [site(sessionRules.cookie, call, 'The session cookie has its protection turned off')] : [];
  }
  return [];
};

/** `response.headers.set('set-cookie', 'session=…; Path=/')`. */
const rawCookies = (module: Module, call: Call): readonly Site[] => {
  const [name, value] = call.arguments;
  if (name === undefined || value === undefined || !/^set-cookie$/i.test(module.constants.textOf(name) ?? ''))
    return [];
  const text = module.constants.partsOf(value).join('');
  const cookie = text.split('=')[0] ?? '';
  if (!sessionNames.test(cookie.trim()) || (/httponly/i.test(text) && /secure/i.test(text))) return [];
  return [site(sessionRules.cookie, call, `The cookie “${cookie.trim()}” lacks HttpOnly or Secure`)];
};

const cors = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  if (/^(?:cors|@koa\/cors|@fastify\/cors|fastify-cors|hono\/cors\.cors|\?cors)$/.test(name)) {
    const options = call.arguments[0];
    const credentials = isBoolean(optionOf(module, options, 'credentials'), true);
    const origin = optionOf(module, options, 'origin');
    if (!credentials || origin === undefined) return [];
    const isOpen =
      isBoolean(origin, true) ||
      module.constants.textOf(origin) === '*' ||
      /^\/\.[*+]\/$/.test(module.codeOf(origin)) ||
      (/(?:callback|cb)\(null,\s*(?:true|origin)\)/.test(module.codeOf(origin)) &&
        !/(?:includes|has|indexOf|test)\(/.test(module.codeOf(origin)));
    return isOpen ? [site(sessionRules.cors, call, 'Every origin may read answers with credentials')] : [];
  }
  const [header, value] = call.arguments;
  if (
    header === undefined ||
    value === undefined ||
    !/^access-control-allow-origin$/i.test(module.constants.textOf(header) ?? '')
  )
    return [];
  const credentials = /access-control-allow-credentials['"]?\s*[,:]\s*['"]?true/i.test(module.text);
  const trace = new Taint(module, 'compare').of(value);
  if (trace !== undefined && trace.source.kind !== 'caller')
    return [
      site(sessionRules.cors, call, 'The origin of the request is allowed, whichever it is', {
        trace,
        severity: credentials ? 'high' : 'medium',
        confidence: credentials ? 'high' : 'medium',
      }),
    ];
  return credentials && module.constants.textOf(value) === '*'
    ? [site(sessionRules.cors, call, 'Every origin may read answers with credentials')]
    : [];
};

/** `response.set({ 'Access-Control-Allow-Origin': origin })`. */
const corsProperty = (module: Module, node: Node): readonly Site[] => {
  if (
    node.type !== 'ObjectProperty' ||
    node.key.type !== 'StringLiteral' ||
    !/^access-control-allow-origin$/i.test(node.key.value)
  )
    return [];
  const trace = new Taint(module, 'compare').of(node.value);
  if (trace === undefined || trace.source.kind === 'caller') return [];
  const credentials = /access-control-allow-credentials['"]?\s*[,:]\s*['"]?true/i.test(module.text);
  return [
    site(sessionRules.cors, node, 'The origin of the request is allowed, whichever it is', {
      trace,
      severity: credentials ? 'high' : 'medium',
      confidence: credentials ? 'high' : 'medium',
    }),
  ];
};

const messages = (module: Module, call: Call): readonly Site[] => {
  if (
    isCallOf(module, call, /(?:^|\.)postMessage$/) &&
    call.arguments[1] !== undefined &&
    module.constants.textOf(call.arguments[1]) === '*'
  )
    return [site(sessionRules.message, call, 'Every window may read this message')];
  if (
    !isCallOf(module, call, /^(?:window\.|globalThis\.|self\.)?addEventListener$/) ||
    call.arguments[0] === undefined ||
    module.constants.textOf(call.arguments[0]) !== 'message'
  )
    return [];
  const handler = call.arguments[1] === undefined ? undefined : (module.functionOf(call.arguments[1]) ?? undefined);
  if (
    handler === undefined ||
    /\.origin\b|\borigin\s*(?:[!=]==?|,|\})|\.source\b/.test(module.text.slice(handler.start ?? 0, handler.end ?? 0))
  )
    return [];
  return [site(sessionRules.message, call, 'The origin of the message is not looked at')];
};

export const findSessions: Detector = (module) => [
  ...module.calls.flatMap((call) => [
    ...tokens(module, call),
    ...literalSecrets(module, call),
    ...cookies(module, call),
    ...rawCookies(module, call),
    ...cors(module, call),
    ...messages(module, call),
  ]),
  ...module.nodes.flatMap((node) => [...corsProperty(module, node)]),
];
