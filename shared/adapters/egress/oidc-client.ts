/**
 * OpenID Connect with one provider: authorization code with PKCE (RFC 7636), state and nonce, by `oauth4webapi`. Every
 * request of it goes where egress lets it.
 */
import * as oauth from 'oauth4webapi';
import { decideEgress, type EgressPolicy } from '../../domain/egress/decide.ts';
import { err, ok, type AppError, type Result } from '../../errors/result.ts';

export interface OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
}

/** What has to be kept between the start and the end. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface OidcIdentity {
  readonly subject: string;
  /** Only when the provider says that it is verified. */
  readonly email?: string;
}

const requestMs = 10_000;

class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

/** The provider's metadata is not what the declaration's issuer promises: starting again would not help. */
class MetadataRefused extends Error {
  override readonly name = 'MetadataRefused';
}

interface OutgoingRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
}

const options = (policy: EgressPolicy) => ({
  [oauth.customFetch]: (url: string, { method, headers, body }: OutgoingRequest): Promise<Response> => {
    const decided = decideEgress(new URL(url), policy);
    if (!decided.ok) throw new EgressRefused(`The provider's address ${decided.error}`);
    const signal = AbortSignal.timeout(requestMs);
    return fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
  },
  // Plain HTTP is egress's to refuse; the operator may have listed a provider of a test or an inner network.
  [oauth.allowInsecureRequests]: true,
});

const failed = (cause: unknown): AppError => {
  if (cause instanceof EgressRefused) return { type: 'auth.forbidden', detail: `${cause.message}.` };
  if (cause instanceof MetadataRefused) return { type: 'configuration.invalid', detail: cause.message };
  if (cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError) {
    return { type: 'auth.invalid', detail: `The provider refused: ${cause.error.slice(0, 200)}. Start again.` };
  }
  if (cause instanceof oauth.OperationProcessingError) {
    return { type: 'auth.invalid', detail: 'The answer of the provider is not valid. Start again.' };
  }
  return { type: 'service.unavailable', detail: 'The provider cannot be reached.' };
};

const discover = async (provider: OidcProvider, policy: EgressPolicy): Promise<oauth.AuthorizationServer> => {
  const issuer = new URL(provider.issuer);
  const response = await oauth.discoveryRequest(issuer, options(policy));
  try {
    return await oauth.processDiscoveryResponse(issuer, response.clone());
  } catch (cause) {
    // A server that fails is no matter of its metadata.
    if (response.status >= 500 || !(cause instanceof oauth.OperationProcessingError)) throw cause;
    throw new MetadataRefused(await whyRefused(provider, response));
  }
};

const whyRefused = async ({ issuer }: OidcProvider, response: Response): Promise<string> => {
  const told: unknown = await response.json().catch(() => undefined);
  const named: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, 'issuer') : undefined;
  return response.status === 200 && typeof named === 'string'
    ? `The provider's metadata names the issuer "${named.slice(0, 200)}", the declaration "${issuer}": they must be the same to the letter.`
    : `There is no OpenID metadata at the issuer "${issuer}" (/.well-known/openid-configuration): correct the declaration.`;
};

/**
 * What the provider says of the person's address: in the ID token, else at its UserInfo endpoint, where most providers
 * put what a scope asks for (OpenID Connect Core 5.4). The subject there must be the ID token's.
 */
const verifiedEmail = async (
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  claims: oauth.IDToken,
  accessToken: string,
  policy: EgressPolicy,
): Promise<string | undefined> => {
  const isAsked = claims['email'] === undefined && server.userinfo_endpoint !== undefined;
  const told = isAsked
    ? await oauth.processUserInfoResponse(
        server,
        client,
        claims.sub,
        await oauth.userInfoRequest(server, client, accessToken, options(policy)),
      )
    : claims;
  const { email, email_verified: isVerified } = told;
  return typeof email === 'string' && isVerified === true ? email : undefined;
};

/** The provider's address for a person to go to. */
export const startOidc = async (
  provider: OidcProvider,
  redirectUri: string,
  policy: EgressPolicy,
): Promise<Result<{ readonly url: string; readonly secrets: OidcSecrets }>> => {
  try {
    const server = await discover(provider, policy);
    if (server.authorization_endpoint === undefined) {
      return err({ type: 'service.unavailable', detail: 'The provider names no address to sign in at.' });
    }
    const secrets = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      codeVerifier: oauth.generateRandomCodeVerifier(),
    };
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      client_id: provider.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: provider.scopes.join(' '),
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(secrets.codeVerifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return ok({ url: url.href, secrets });
  } catch (cause) {
    return err(failed(cause));
  }
};

/** How the secret is sent: as the provider asks, else as it must take it (OpenID Connect Discovery 1.0, section 3). */
const authenticationFor = (server: oauth.AuthorizationServer, { clientSecret }: OidcProvider): oauth.ClientAuth => {
  if (clientSecret === undefined) return oauth.None();
  const takesForm = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
  return takesForm ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
};

/** Who came back, after the provider's answer, its code, its ID token's signature and claims were all checked. */
export const finishOidc = async (
  provider: OidcProvider,
  callbackUrl: string,
  redirectUri: string,
  secrets: OidcSecrets,
  policy: EgressPolicy,
): Promise<Result<OidcIdentity>> => {
  try {
    const server = await discover(provider, policy);
    const client: oauth.Client = { client_id: provider.clientId };
    const parameters = oauth.validateAuthResponse(server, client, new URL(callbackUrl), secrets.state);
    const granted = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticationFor(server, provider),
      parameters,
      redirectUri,
      secrets.codeVerifier,
      options(policy),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, granted, {
      expectedNonce: secrets.nonce,
      requireIdToken: true,
    });
    // The token came over the provider's own connection; its signature is checked all the same.
    await oauth.validateApplicationLevelSignature(server, granted, options(policy));
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (claims === undefined) return err({ type: 'auth.invalid', detail: 'The provider gave no ID token.' });
    const email = await verifiedEmail(server, client, claims, tokens.access_token, policy);
    return ok({ subject: claims.sub, ...(email === undefined ? {} : { email }) });
  } catch (cause) {
    return err(failed(cause));
  }
};
