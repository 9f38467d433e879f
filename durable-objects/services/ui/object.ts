/** Ui of one group: its files, pages and themes, all of which stand in the declaration. */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { checkUiContent } from '../../../shared/domain/services/check-content.ts';
import { invalidBecause } from '../../../shared/domain/services/data/schema.ts';
import { escapeHtml, renderTemplate } from '../../../shared/domain/services/ui/template.ts';
import { err, ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { Rendered, UiRpc } from '../../../shared/rpc/services/ui.ts';
import type { UiConfiguration } from '../../../shared/schemas/services/ui.ts';
import { serviceHistory, ServiceObject, serviceMigrations } from '../service-object.ts';

/** A page with what its data made of it is no longer than this, in characters. */
const maxPageCharacters = 4 * 1024 * 1024;

export const uiMigrations = serviceMigrations([serviceHistory(2, {})]);

const notThere = (what: string): Result<never> =>
  err({ type: 'resource.not_found', detail: `There is no such ${what}.` });

const rendered = (contentType: string, body: string): Rendered => ({
  status: 200,
  contentType,
  body,
  etag: `"${hashText(body).slice(0, 32)}"`,
});

const themeText = (configuration: UiConfiguration, name: string | undefined): string | undefined => {
  const chosen = name ?? configuration.defaultTheme;
  if (chosen === undefined) return ':root { color-scheme: light dark; --font: system-ui, sans-serif; }';
  if (!Object.hasOwn(configuration.themes, chosen)) return undefined;
  const theme = configuration.themes[chosen];
  const colours = Object.entries(theme?.colours ?? {}).map(([role, colour]) => `--${role}: ${colour};`);
  return `:root { ${[...colours, `--font: ${theme?.font ?? 'system-ui'};`].join(' ')} }`;
};

const baseStyle =
  'body { font-family: var(--font); color: var(--text); background: var(--background); max-width: 60rem; margin: 0 auto; padding: 1rem; } a { color: var(--accent); }';

export class UiObject extends ServiceObject<unknown, UiConfiguration> implements UiRpc {
  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, uiMigrations);
  }

  async asset({ path }: Parameters<UiRpc['asset']>[0]): Promise<Result<Rendered>> {
    return await this.whenDeclared(({ assets }) => {
      const asset = assets.find((each) => each.path === path);
      return asset === undefined ? notThere('file') : ok(rendered(asset.contentType, asset.text));
    });
  }

  async render({ page, data, prefix = '', theme }: Parameters<UiRpc['render']>[0]): Promise<Result<Rendered>> {
    return await this.whenDeclared((configuration) => {
      const declared = configuration.pages.find(({ name }) => name === page);
      if (declared === undefined) return notThere('page');
      if (theme !== undefined && !Object.hasOwn(configuration.themes, theme)) return notThere('theme');
      // Escaped whole, since it stands in addresses; the platform made it, and an app could only hurt itself.
      const place = escapeHtml(prefix);
      const body = renderTemplate(declared.template, { ...data, prefix });
      if (body.length > maxPageCharacters)
        return err({ type: 'request.too_large', detail: 'The page would be too large: show less of it at a time.' });
      const query = theme === undefined ? '' : `?theme=${theme}`;
      return ok(
        rendered(
          'text/html; charset=utf-8',
          `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
            `<title>${escapeHtml(declared.title)} · ${escapeHtml(configuration.title)}</title>` +
            `<link rel="stylesheet" href="${place}/theme.css${query}"></head><body>${body}</body></html>\n`,
        ),
      );
    });
  }

  async theme({ name }: Parameters<UiRpc['theme']>[0]): Promise<Result<Rendered>> {
    return await this.whenDeclared((configuration) => {
      const text = themeText(configuration, name);
      return text === undefined ? notThere('theme') : ok(rendered('text/css; charset=utf-8', `${text} ${baseStyle}\n`));
    });
  }

  protected override reconfigure(configuration: UiConfiguration): AppError | null {
    const issues = checkUiContent(configuration);
    return issues.length === 0 ? null : invalidBecause(issues);
  }
}
