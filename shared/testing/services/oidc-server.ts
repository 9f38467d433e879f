/**
 * An OpenID provider on a port of its own, as far as the code flow goes: discovery, an authorization page that lets
 * everybody in, single-use codes bound to client, address and PKCE challenge, ID tokens signed with RS256, its keys.
 * `/authorize?…&login_as=<subject>,<email>,<verified>` says who signs in. `/faults` with a body names what to do wrong.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fault =
  | 'other-issuer'
  | 'other-audience'
  | 'other-nonce'
  | 'other-key'
  | 'expired'
  /** Its metadata names another issuer. */
  | 'other-metadata'
  /** No fault: the address is told at the UserInfo endpoint alone, as OpenID Connect Core 5.4 has it. */
  | 'thin'
  /** As `thin`, with somebody else's UserInfo. */
  | 'thin-other'
  /** No faults: clients prove themselves by the secret `providerSecret`, in a header or in the form. */
  | 'secret-basic'
  | 'secret-post'
  | 'none';

/** With characters that have to be escaped in a header of Basic. */
export const providerSecret = 'a secret: %&+é';

interface Granted {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly person: readonly string[];
}

export interface OidcServer {
  readonly origin: string;
  close(): Promise<void>;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** RFC 6749, section 2.3.1: both halves are written as in a form before they go into the header. */
const isBasicOf = (clientId: string, header = ''): boolean => {
  const halves = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  const [name, secret] = halves.map((half) => new URLSearchParams(`x=${half}`).get('x'));
  return name === clientId && secret === providerSecret;
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts it on 127.0.0.1. */
export const startOidcServer = async (): Promise<OidcServer> => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const codes = new Map<string, Granted>();
  const people = new Map<string, readonly string[]>();
  let fault: Fault = 'none';
  let origin = '';

  const idToken = ({ clientId, nonce, person }: Granted): string => {
    const [subject = '', email = '', verified = ''] = person;
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: fault === 'other-issuer' ? 'https://other.test' : origin,
      aud: fault === 'other-audience' ? 'somebody' : clientId,
      nonce: fault === 'other-nonce' ? 'other' : nonce,
      iat: now - 7_200,
      exp: fault === 'expired' ? now - 3_600 : now + 300,
      sub: subject,
      ...(fault.startsWith('thin') ? {} : { email, email_verified: verified === 'true' }),
    };
    const text = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`;
    const key = fault === 'other-key' ? otherKeys.privateKey : keys.privateKey;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };

  const authorize = (url: URL, response: ServerResponse): void => {
    const get = (name: string): string => url.searchParams.get(name) ?? '';
    const code = randomUUID();
    const person = get('login_as').split(',');
    codes.set(code, {
      clientId: get('client_id'),
      redirectUri: get('redirect_uri'),
      challenge: get('code_challenge'),
      nonce: get('nonce'),
      person,
    });
    const back = new URL(get('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', get('state'));
    response.writeHead(302, { location: back.href }).end();
  };

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await readBody(request));
    const code = form.get('code') ?? '';
    const granted = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      granted !== undefined &&
      form.get('grant_type') === 'authorization_code' &&
      (fault === 'secret-basic' || form.get('client_id') === granted.clientId) &&
      (fault !== 'secret-basic' || isBasicOf(granted.clientId, request.headers.authorization)) &&
      (fault !== 'secret-post' || form.get('client_secret') === providerSecret) &&
      form.get('redirect_uri') === granted.redirectUri &&
      challenge === granted.challenge;
    if (!isRight) {
      json(response, 400, { error: 'invalid_grant' });
      return;
    }
    const accessToken = randomUUID();
    people.set(`Bearer ${accessToken}`, granted.person);
    json(response, 200, { access_token: accessToken, token_type: 'Bearer', id_token: idToken(granted) });
  };

  const userInfo = (request: IncomingMessage, response: ServerResponse): void => {
    const [subject = '', email, verified] = people.get(request.headers.authorization ?? '') ?? [];
    const sub = fault === 'thin-other' ? 'somebody-else' : subject;
    if (subject === '') json(response, 401, { error: 'invalid_token' });
    else json(response, 200, { sub, email, email_verified: verified === 'true' });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname === '/.well-known/openid-configuration') {
      json(response, 200, {
        issuer: fault === 'other-metadata' ? 'https://other.test' : origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/userinfo`,
        jwks_uri: `${origin}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...(fault === 'secret-post' ? { token_endpoint_auth_methods_supported: ['client_secret_post'] } : {}),
      });
    } else if (url.pathname === '/keys') {
      json(response, 200, {
        keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      });
    } else if (url.pathname === '/authorize') authorize(url, response);
    else if (url.pathname === '/token') await token(request, response);
    else if (url.pathname === '/userinfo') userInfo(request, response);
    else if (url.pathname === '/faults') {
      // SAFETY: only tests call this, with one of the faults.
      fault = (await readBody(request)) as Fault;
      json(response, 200, {});
    } else json(response, 404, {});
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  // SAFETY: a server that listens on a port has an address of this form.
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};
