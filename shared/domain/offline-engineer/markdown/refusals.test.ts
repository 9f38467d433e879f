import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Misunderstanding } from '../app-model.ts';
import { readMarkdownSpec } from './index.ts';
import { modelOf } from './testing/notation.ts';

const refusedBy = (text: string): readonly Misunderstanding[] => {
  const result = readMarkdownSpec(text);
  if (result.ok) throw new Error(`understood: ${JSON.stringify(result.value.rules)}`);
  return result.error;
};

const shop = (sentence: string): string => `# Shop

A small shop.

## Products

- name: string, required
- price: decimal, at least 0
- active: boolean, default true

## Rules

- The price must not exceed 1000.
- ${sentence}
`;

describe('a specification that cannot be built', () => {
  it.each([
    ['', 'empty'],
    ['   \n\n', 'empty'],
    ['# Nothing here\n\nJust some thoughts about life.\n', 'No resource'],
    [
      '# Bibliothek\n\nEin Buch hat einen Titel und einen Autor. Jedes Buch muss eine ISBN haben und wird von einem Mitglied ausgeliehen.',
      'English',
    ],
    [
      '# Bibliothèque\n\nUn livre est une chose avec un titre et un auteur. Les membres sont dans la base et doit être unique pour chaque livre.',
      'English',
    ],
    ['# 图书馆\n\n每本书都有标题和作者。会员可以借书，但不能超过五本。', 'English'],
    ['# Библиотека\n\nУ книги есть название и автор. Читатель может взять книгу.', 'English'],
    ['x'.repeat(1_000_001), 'longer'],
  ])('is refused with a reason: %#', (text, reason) => {
    const [first, ...others] = refusedBy(text);
    expect(first?.reason).toContain(reason);
    expect(others).toEqual([]);
  });

  it('quotes the first sentence of a text in another language', () => {
    const [first] = refusedBy(
      '# Laden\n\nEin Produkt ist eine Ware und hat einen Preis. Jeder Kunde kann es kaufen, wenn es nicht verkauft ist.',
    );
    expect(first).toMatchObject({ sentence: 'Ein Produkt ist eine Ware und hat einen Preis.', line: 3 });
  });

  it.each([
    'Customers must log in with their Google account.',
    'Only administrators can delete products.',
    'When a product is created, an e-mail is sent to the owner.',
    'Payments must go through Stripe.',
    'A product photo can be uploaded as a PNG file.',
    'Price changes must be shown in real time over a WebSocket.',
    'Every night at midnight inactive products must be removed.',
    'The price must be fetched from the supplier through an external API.',
    'Products must glow in the dark when nobody looks.',
    'A product must be approved by the quality department before Friday.',
    'When the moon is full, the price of all products is halved.',
  ])('is refused with this very sentence: %s', (sentence) => {
    const refused = refusedBy(shop(sentence));
    expect(refused.map((entry) => entry.sentence)).toEqual([sentence]);
    expect(refused[0]?.line).toBe(14);
    expect(refused[0]?.reason.length).toBeGreaterThan(40);
  });

  it.each([
    '`POST /products/{id}/levitate`',
    '`GET /weather` – the weather of tomorrow',
    '`GET /products/interesting`',
  ])('is refused with this endpoint: %s', (endpoint) => {
    const refused = refusedBy(`${shop('Products are sorted by name.')}\n## API\n\n- ${endpoint}\n`);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.sentence).toBe(endpoint);
    expect(refused[0]?.line).toBe(18);
  });

  it('names every sentence, in order, not only the first', () => {
    const refused = refusedBy(shop('Products must sing.\n- Products must dance wildly.'));
    expect(refused.map((entry) => [entry.line, entry.sentence])).toEqual([
      [14, 'Products must sing.'],
      [15, 'Products must dance wildly.'],
    ]);
  });

  it('refuses a default that does not fit', () => {
    expect(
      refusedBy('# T\n\n## Items\n\n- name: string, required\n- size: one of s, m, l, default huge\n')[0]?.reason,
    ).toContain('huge');
  });
});

describe('a specification that asks for nothing special', () => {
  it.each([
    'As a shopkeeper, I want to add products so that people can see them.',
    'There is no login.',
    'No authentication is needed.',
    'The API answers JSON and invalid input is answered with 400 and a helpful message.',
    'Data must survive a restart.',
    'All endpoints must be covered by tests.',
    'Lists are paginated, 10 per page, at most 50.',
    'There should be a simple web page for products.',
  ])('is not held up by: %s', (sentence) => {
    expect(modelOf(readMarkdownSpec(shop(sentence))).resources).toHaveLength(1);
  });

  it('skips what is out of scope', () => {
    const text = `${shop('Products are sorted by name.')}\n## Out of scope\n\n- Users must log in.\n- Sending e-mails\n`;
    expect(readMarkdownSpec(text).ok).toBe(true);
  });
});

describe('hostile input', () => {
  const pieces = constantFrom(
    '# ',
    '## ',
    '- ',
    '* ',
    '| ',
    '|',
    '\n',
    '\n\n',
    '```',
    '`',
    '**',
    '(',
    ')',
    '[',
    ']',
    ':',
    ', ',
    '. ',
    ' a book ',
    ' cannot be ',
    ' deleted ',
    ' while ',
    ' it has ',
    ' open loans',
    ' must ',
    ' only ',
    ' when ',
    ' is ',
    ' has a title',
    ' of the same ',
    ' and ',
    ' or ',
    ' -> ',
    ' POST /books/{id}/x ',
    ' GET /stats ',
    ' number of ',
    ' sum of ',
    ' per ',
    'unique',
    '1..5',
    '^[a-z]+$',
    '"',
    "'s ",
    ' one of a, b ',
    ' default ',
    '---',
    '\u0000',
    '𝒳',
    'é',
  );

  it('never throws and always answers', () => {
    assert(
      property(array(oneof(pieces, string({ maxLength: 12 })), { maxLength: 120 }), (parts) => {
        const result = readMarkdownSpec(
          `# Library\n\nA book has a title. A loan belongs to a book.\n\n${parts.join('')}`,
        );
        if (!result.ok) expect(result.error.length).toBeGreaterThan(0);
        else expect(result.value.resources.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('answers the same for the same text', () => {
    const text = shop('A product that is not active cannot be changed.');
    expect(readMarkdownSpec(text)).toEqual(readMarkdownSpec(text));
  });

  it.each([
    ['brackets', '('.repeat(200_000)],
    ['asterisks', '*'.repeat(200_000)],
    ['links', '[a]('.repeat(50_000)],
    ['back quotes', '` '.repeat(100_000)],
    ['pipes', `|${'a|'.repeat(100_000)}\n|-|-|\n${'|'.repeat(100_000)}`],
    ['one endless sentence', `A book cannot be deleted while ${'it has loans and '.repeat(20_000)}.`],
    [
      'many conditions',
      `- ${'a book of a loan of '.repeat(40)} cannot be deleted if ${'a loan of a book or '.repeat(40)}`,
    ],
    ['deep lists', Array.from({ length: 2_000 }, (_, depth) => `${'  '.repeat(depth % 60)}- a: b`).join('\n')],
    ['many sentences', 'A book must be read by candle light. '.repeat(20_000)],
    ['many headings', '# A\n'.repeat(50_000)],
    ['spaces', `a${' '.repeat(500_000)}b`],
  ])('ends on %s', (_name, text) => {
    expect(typeof readMarkdownSpec(`# Library\n\nA book has a title.\n\n${text}`).ok).toBe('boolean');
  });
});

describe('a sentence that nothing is built for', () => {
  const contacts = (...items: readonly string[]): string =>
    `# Contacts\n\nKeep the contacts of a team.\n\nA contact has a name (required).\n\n${items.map((item) => `- ${item}`).join('\n')}\n`;

  it('is told when it is an item of a list, and not when every application does it', () => {
    const seen = 'People see what changed since they last looked.';
    expect(modelOf(readMarkdownSpec(contacts(seen, 'People can add contacts.'))).unheard).toEqual([seen]);
    expect(modelOf(readMarkdownSpec(contacts('People can add contacts.'))).unheard).toBeUndefined();
  });
});
