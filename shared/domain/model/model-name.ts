import { err, ok, type Result } from '../../errors/result.ts';

/** `anthropic/claude-sonnet-4-5` → provider `anthropic`, model `claude-sonnet-4-5`. */
export interface ModelName {
  readonly provider: string;
  /** Everything after the first slash; may itself hold slashes, as names behind a router do. */
  readonly model: string;
}

const pattern = /^([a-z][a-z0-9-]*)\/(\S+)$/;
const longestName = 200;

/** Reads `<provider>/<model>`; the refusal names the field `model`. */
export const parseModelName = (text: string): Result<ModelName> => {
  const match = text.length > longestName ? null : pattern.exec(text);
  const [, provider, model] = match ?? [];
  if (provider !== undefined && model !== undefined) return ok({ provider, model });
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const reason = `must be <provider>/<model>, for example offline/engineer or anthropic/claude-sonnet-4-5, not "${shown}"`;
  return err({ type: 'request.invalid', detail: `The model ${reason}.`, issues: [{ field: 'model', reason }] });
};
