/**
 * Finds the parts of a page by the words a person would use. Everything is asked of Playwright's own world beside the
 * page's scripts, so that a page cannot change what a look at it says.
 */
import type { Locator, Page } from 'playwright-core';

const fieldKinds =
  'input:not([type=hidden]):not([type=submit]):not([type=button]), textarea, select, [contenteditable]';
const fieldRoles = [
  'textbox',
  'combobox',
  'listbox',
  'spinbutton',
  'searchbox',
  'checkbox',
  'radio',
  'switch',
] as const;

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;

/** In the order in which they are tried: links and buttons, anything with that text, a CSS selector. */
export const clickable = (page: Page, target: string): readonly Locator[] => [
  page.getByRole('link', { name: target, exact: true }),
  page.getByRole('button', { name: target, exact: true }),
  page.getByText(target, { exact: true }),
  page.locator(`css=${target}`),
];

/** Buttons that may send a form. */
export const buttons = (page: Page, name: string): readonly Locator[] => [
  page.getByRole('button', { name, exact: true }),
  page.locator(`css=${name}`).and(page.locator('button, input[type=submit]')),
];

/** By label, then by role and name, then by name, id and placeholder. */
export const fields = (page: Page, field: string): readonly Locator[] => {
  const anyField = page.locator(fieldKinds);
  return [
    page.getByLabel(field, { exact: true }).and(anyField),
    ...fieldRoles.map((role) => page.getByRole(role, { name: field, exact: true })),
    page.locator(`[name=${quoted(field)}]`).and(anyField),
    page.locator(`[id=${quoted(field)}]`).and(anyField),
    page.getByPlaceholder(field, { exact: true }),
  ];
};

/** The form's own field that keeps a press of this button from sending it, if there is one. */
export const invalidField = (button: Locator): Locator =>
  button
    .locator(
      'xpath=self::*[(self::button and not(@type="button" or @type="reset")) or (self::input and @type="submit")][not(@formnovalidate)]/ancestor::form[not(@novalidate)]',
    )
    .locator('input:invalid, select:invalid, textarea:invalid')
    .first();

/** What sends a form that is not named. */
export const sender = (page: Page): Locator =>
  page.locator('form').locator('button:not([type=button]):not([type=reset]), input[type=submit]').first();

/** How many there are, none of a selector that cannot be read. */
export const countOf = async (locator: Locator): Promise<number> => {
  try {
    return await locator.count();
  } catch (error) {
    // Words that were tried as a selector.
    if (error instanceof Error && /selector|parsing/iu.test(error.message)) return 0;
    throw error;
  }
};

/** Names of fields as far as they have one, for a message about one that is missing. */
export const fieldNames = async (page: Page): Promise<readonly string[]> => {
  const found = await page.locator(fieldKinds).all();
  const names = await Promise.all(
    found
      .slice(0, 20)
      .map(async (field) => (await field.getAttribute('name')) ?? (await field.getAttribute('id')) ?? ''),
  );
  return names.filter((name) => name !== '');
};

/** The words on links and buttons. */
export const clickableNames = async (page: Page): Promise<readonly string[]> => {
  const texts = await page.getByRole('link').or(page.getByRole('button')).allInnerTexts();
  return texts
    .map((text) => text.replaceAll(/\s+/gu, ' ').trim())
    .filter((text) => text !== '')
    .slice(0, 20);
};
