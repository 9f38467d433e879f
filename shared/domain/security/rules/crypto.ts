/** Cryptography that does not hold: weak hashes and ciphers, constant keys, guessable randomness, checks turned off. */
import type { Node } from '@babel/types';
import type { Call, Module } from '../module.ts';
import { unwrap } from '../syntax/names.ts';
import { destinationOf, isBoolean, isCallOf, namesPassword, namesSecret, optionOf } from './construct.ts';
import { site, type Detector, type Rule, type Site } from './rule.ts';

export const cryptoRules = {
  weakHash: {
    id: 'weak-hash',
    title: 'Hash that is broken',
    cwe: [328],
    severity: 'medium',
    impact: 'Collisions are made within minutes; a hash of a secret is looked up in tables.',
    fix: 'Use SHA-256 for content; for passwords scrypt, argon2 or bcrypt.',
  },
  fastHash: {
    id: 'fast-password-hash',
    title: 'Password hashed with a fast hash',
    cwe: [916],
    severity: 'high',
    impact: 'Whoever reads the database tries billions of passwords a second.',
    fix: 'Use `scrypt`, argon2id or bcrypt with a salt of its own for each password.',
  },
  weakCipher: {
    id: 'weak-cipher',
    title: 'Cipher or mode that is broken',
    cwe: [327],
    severity: 'high',
    impact: 'Patterns of the plain text show, or the key is found.',
    fix: 'Use `aes-256-gcm` with a fresh nonce for each message.',
  },
  constantKey: {
    id: 'hard-coded-key',
    title: 'Key or initialisation vector in the source',
    cwe: [321, 329],
    severity: 'high',
    impact: 'Everybody who reads the source decrypts or forges; equal messages look equal.',
    fix: 'Read the key from the environment or a vault; make the vector with `randomBytes`.',
  },
  random: {
    id: 'insecure-random',
    title: 'Secret from guessable randomness',
    cwe: [338],
    severity: 'high',
    impact: 'From a few values that were seen the next ones are computed.',
    fix: 'Use `crypto.randomUUID()` or `crypto.getRandomValues`.',
  },
  shortKey: {
    id: 'short-key',
    title: 'Key or work factor that is too small',
    cwe: [326],
    severity: 'medium',
    impact: 'It is found by trying within affordable time.',
    fix: 'RSA from 2,048 bits, PBKDF2 from 100,000 rounds, bcrypt from cost 10.',
  },
  tls: {
    id: 'certificate-checks-off',
    title: 'Certificates are not checked',
    cwe: [295],
    severity: 'high',
    impact: 'Whoever sits in between reads and changes what is sent.',
    fix: 'Leave the check on; add the own authority with `ca`.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const firstText = (module: Module, node: Node | undefined): string => {
  if (node === undefined) return '';
  const text = module.constants.textOf(node);
  if (text !== undefined) return text;
  const name = optionOf(module, node, 'name');
  return name === undefined ? '' : (module.constants.textOf(name) ?? '');
};

/** The whole chain that a call stands in: `createHash('md5').update(password).digest('hex')`. */
const chainAround = (module: Module, node: Node): Node => {
  let at = node;
  for (let parent = module.parentOf(at); parent !== undefined; parent = module.parentOf(at)) {
    const isLink =
      (parent.type === 'MemberExpression' && parent.object === at) ||
      (parent.type === 'CallExpression' && parent.callee === at);
    if (!isLink) return at;
    at = parent;
  }
  return at;
};

const hashes = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  const direct = /^(?:md5|blueimp-md5|js-md5|sha1|js-sha1|crypto-js\.(?:MD5|SHA1)|crypto-js\/(?:md5|sha1))$/.exec(name);
  const isHash =
    /(?:^|\.)crypto\.(?:createHash|hash)$|^\?crypto\.createHash$|(?:^|\.)createHash$|(?:^|\.)subtle\.digest$/.test(
      name,
    );
  if (direct === null && !isHash) return [];
  const algorithm = direct === null ? firstText(module, call.arguments[0]).toLowerCase() : name.toLowerCase();
  const chain = module.codeOf(chainAround(module, call));
  const around = `${destinationOf(module, call)} ${chain}`;
  const words = around.match(/[A-Za-z_$][\w$]*/g) ?? [];
  if (algorithm !== '' && words.some(namesPassword) && !/hmac/i.test(chain))
    return [site(cryptoRules.fastHash, call, `A password is hashed with ${algorithm.toUpperCase()}: ${chain}`)];
  if (!/md[245]|sha-?1$|ripemd|rmd160/.test(algorithm)) return [];
  // A fingerprint of content, for caches and file names, is no secret.
  const isFingerprint =
    /etag|cache|checksum|fingerprint|gravatar|filename|sha1sum|md5sum|content|file|avatar|websocket|accept/i.test(
      around,
    );
  return [
    site(cryptoRules.weakHash, call, `${algorithm.toUpperCase()} is no longer safe: ${chain}`, {
      confidence: isFingerprint ? 'low' : 'medium',
    }),
  ];
};

const isConstantBytes = (module: Module, wrapped: Node | undefined): boolean => {
  if (wrapped === undefined) return false;
  const node = unwrap(wrapped);
  const text = module.constants.textOf(node);
  if (text !== undefined) return text.length > 0;
  if (node.type === 'Identifier') {
    const values = module.scopes.resolve(node)?.values ?? [];
    return (
      values.length === 1 &&
      values[0] !== undefined &&
      values[0].path.length === 0 &&
      values[0].node !== node &&
      isConstantBytes(module, values[0].node)
    );
  }
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const name = module.nameOf(node.callee);
  if (/^Buffer\.alloc$/.test(name)) return !isFilledLater(module, node);
  if (/^(?:Buffer\.from|Buffer|TextEncoder\(\)\.encode|crypto-js\.enc\.\w+\.parse)$/.test(name))
    return node.arguments[0] !== undefined && isConstantBytes(module, node.arguments[0]);
  return name === 'Uint8Array' && node.arguments[0]?.type === 'ArrayExpression';
};

const isFilledLater = (module: Module, node: Node): boolean => {
  const name = destinationOf(module, node);
  return (
    name !== '' &&
    new RegExp(
      String.raw`(?:getRandomValues|randomFillSync|randomFill)\(\s*${name}\b|\b${name}\.(?:write|fill|set|copy)`,
    ).test(module.text)
  );
};

const ciphers = (module: Module, call: Call): readonly Site[] => {
  if (
    !isCallOf(
      module,
      call,
      /(?:^|[.?])(?:createCipheriv|createDecipheriv|createCipher|createDecipher|Cipheriv|Cipher)$/,
    )
  ) {
    const isLibrary = isCallOf(module, call, /^crypto-js\.(?:AES|DES|TripleDES|RC4|Rabbit)\.(?:encrypt|decrypt)$/);
    if (!isLibrary) return [];
    const name = module.nameOf(call.callee);
    if (/DES|RC4|Rabbit/.test(name)) return [site(cryptoRules.weakCipher, call, `${name} is no longer safe`)];
    if (/ECB/.test(module.codeOf(call)))
      return [site(cryptoRules.weakCipher, call, 'Blocks are encrypted one by one (ECB)')];
    return isConstantBytes(module, call.arguments[1])
      ? [site(cryptoRules.constantKey, call, 'The key stands in the source')]
      : [];
  }
  const algorithm = firstText(module, call.arguments[0]).toLowerCase();
  const found: Site[] = [];
  if (/(?:^|-)ecb$|^des|^rc[24]|^bf|^blowfish|^cast|^idea|^seed/.test(algorithm))
    found.push(site(cryptoRules.weakCipher, call, `${algorithm} is no longer safe`));
  if (/createCipher$|createDecipher$/.test(module.nameOf(call.callee)))
    found.push(site(cryptoRules.weakCipher, call, 'The key is derived from the password without salt, once'));
  if (isConstantBytes(module, call.arguments[1]))
    found.push(site(cryptoRules.constantKey, call, 'The key stands in the source'));
  else if (
    module.nameOf(call.callee).endsWith('ipheriv') &&
    !module.nameOf(call.callee).endsWith('createDecipheriv') &&
    isConstantBytes(module, call.arguments[2]) &&
    !algorithm.endsWith('ecb')
  )
    found.push(site(cryptoRules.constantKey, call, 'The initialisation vector is always the same'));
  return found;
};

const randomness = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  if (/(?:^|\.)pseudoRandomBytes$/.test(name))
    return [site(cryptoRules.random, call, 'These bytes may be guessable', { severity: 'medium' })];
  if (name !== 'Math.random') return [];
  const destination = destinationOf(module, call);
  const around = module.functionAround(call);
  const owner =
    around?.type === 'FunctionDeclaration'
      ? (around.id?.name ?? '')
      : around === undefined
        ? ''
        : destinationOf(module, around);
  const isSecret = [destination, owner].some(
    (each) =>
      namesSecret(each) ||
      /(?:generate|create|make|new|random)\w*(?:Token|Password|Secret|Otp|Code|Key|Pin)$/.test(each),
  );
  return isSecret
    ? [site(cryptoRules.random, call, `“${destination === '' ? owner : destination}” is made with Math.random`)]
    : [];
};

const numberOf = (module: Module, node: Node | undefined): number => {
  const text = node === undefined ? undefined : module.constants.textOf(node);
  return text === undefined || text === '' ? Number.NaN : Number(text.replaceAll('_', ''));
};

const sizes = (module: Module, call: Call): readonly Site[] => {
  const name = module.nameOf(call.callee);
  const below = (value: number, least: number, what: string): readonly Site[] =>
    value < least ? [site(cryptoRules.shortKey, call, `${what} of ${value}; at least ${least}`)] : [];
  if (/(?:^|\.)generateKeyPair(?:Sync)?$/.test(name))
    return below(numberOf(module, optionOf(module, call.arguments[1], 'modulusLength')), 2048, 'A modulus');
  if (name.endsWith('subtle.generateKey'))
    return below(numberOf(module, optionOf(module, call.arguments[0], 'modulusLength')), 2048, 'A modulus');
  if (/(?:^|\.)pbkdf2(?:Sync)?$/.test(name))
    return below(numberOf(module, call.arguments[2]), 10_000, 'A PBKDF2 round count');
  if (/^bcrypt(?:js)?\.(?:hash|hashSync|genSalt|genSaltSync)$/.test(name))
    return below(numberOf(module, call.arguments[/genSalt/.test(name) ? 0 : 1]), 10, 'A bcrypt cost');
  return [];
};

const tls = (module: Module, node: Node): readonly Site[] => {
  if (node.type === 'ObjectProperty' && node.key.type === 'Identifier') {
    if (/^(?:rejectUnauthorized|strictSSL)$/.test(node.key.name) && isBoolean(unwrap(node.value), false))
      return [
        site(cryptoRules.tls, node, 'The certificate of the other side is not checked', {
          edit: { start: node.value.start ?? 0, end: node.value.end ?? 0, text: 'true' },
        }),
      ];
    if (node.key.name === 'secureProtocol' && /SSLv[23]|TLSv1_method|TLSv1_1/.test(module.codeOf(node.value)))
      return [site(cryptoRules.weakCipher, node, 'A version of TLS that is broken')];
    if (node.key.name === 'minVersion' && /TLSv1(?:\.1)?['"]/.test(module.codeOf(node.value)))
      return [site(cryptoRules.weakCipher, node, 'A version of TLS that is broken')];
  }
  if (
    node.type === 'AssignmentExpression' &&
    /NODE_TLS_REJECT_UNAUTHORIZED/.test(module.codeOf(node.left)) &&
    /^['"]?0['"]?$/.test(module.codeOf(node.right))
  )
    return [site(cryptoRules.tls, node, 'Certificates are not checked in the whole process')];
  return [];
};

export const findCrypto: Detector = (module) => [
  ...module.calls.flatMap((call) => [
    ...hashes(module, call),
    ...ciphers(module, call),
    ...randomness(module, call),
    ...sizes(module, call),
  ]),
  ...module.nodes.flatMap((node) => tls(module, node)),
];
