/**
 * The last line of an exported object: by a keyed hash it says that this platform wrote the file, for this workspace.
 * What an object holds is trusted by its own code, so nothing that a stranger could have written becomes one.
 */
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
import type { AppContext } from '../../app-environment.ts';

const pattern = /\{"signature":"([0-9a-f]{64})"\}\n?$/;

const sign = ({ var: { services, principal } }: AppContext, lines: string): Promise<string> =>
  services.hash.sign(`object-file:${principal.workspaceId}:${lines}`);

/** The body as text; the runtime warns when it is asked for the text of a media type that it does not know. */
export const readFileText = async (context: AppContext): Promise<string> =>
  new TextDecoder().decode(await context.req.arrayBuffer());

/** The file with its signature. */
export const signFile = async (context: AppContext, lines: string): Promise<string> =>
  `${lines}{"signature":"${await sign(context, lines)}"}\n`;

/** The file as the object wrote it, whoever signed it. */
export const withoutSignature = (text: string): string => text.replace(pattern, '');

/** The lines before the signature, or why they are not taken. */
export const readSignedFile = async (context: AppContext, text: string): Promise<Result<string>> => {
  const lines = withoutSignature(text);
  const [, signature] = pattern.exec(text) ?? [];
  if (signature !== undefined && (await sign(context, lines)) === signature) return ok(lines);
  const reason =
    signature === undefined
      ? 'is missing; the file was cut, or is no export of an object'
      : 'is not of this platform and workspace; the file was changed, or comes from elsewhere';
  return err({
    type: 'request.invalid',
    detail: `signature: ${reason}. A trial takes files of any origin: POST /api/objects/{kind}/trial.`,
    issues: [{ field: 'signature', reason }],
  });
};
