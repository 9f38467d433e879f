import { describe, expect, it } from 'vitest';
import { readMarkdownSpec } from '../index.ts';
import { endpointLines, modelOf, ruleLines } from '../testing/notation.ts';

const rules = (text: string): readonly string[] => ruleLines(modelOf(readMarkdownSpec(text)));

const library = (...sentences: readonly string[]): string =>
  `# Library\n\nA book has a title and an author. A loan has a book, a borrower name and a returned date (optional).\n\n${sentences.join(' ')}\n`;

const returnedOnce = ['loan not on return: (previous.returnedDate != null)'];

describe('an endpoint in prose and what may be done only once', () => {
  it.each([
    'A loan that has been returned cannot be returned again.',
    'A returned loan must not be returned a second time.',
    'Loans already returned may not be returned again.',
    'Once returned, a loan cannot be returned again.',
    'It cannot be returned twice.',
    'A loan can be returned only once.',
    'A loan may be returned at most once.',
    'Returning a loan twice is refused.',
    'Nobody can return a loan that was already returned.',
    'If a loan was already returned, returning it again is an error.',
  ])('is a rule of the action, whatever the words: %s', (sentence) => {
    const model = modelOf(readMarkdownSpec(library('A loan is returned with POST /loans/:id/return.', sentence)));
    expect(ruleLines(model)).toEqual(returnedOnce);
    expect(endpointLines(model)).toEqual(['POST /loans/:id/return {} returnedDate = today']);
  });

  it.each([
    'POST /loans/:id/return returns a loan; a loan that has been returned cannot be returned again.',
    'POST /loans/:id/return returns a loan, but a loan that has been returned cannot be returned again.',
    'POST /loans/:id/return returns a loan (409 if it was returned before).',
    '`POST /loans/:id/return` marks a loan as returned and answers 409 when the loan was already returned.',
    'Clients return a loan with POST /loans/:id/return, which is refused for a loan that has been returned.',
    'Members return a loan through POST /loans/:id/return, and once it is returned, a loan cannot be returned again.',
    'A loan is returned with POST /loans/:id/return, and a loan can only be returned once.',
  ])('is not lost in the sentence of its endpoint: %s', (sentence) => {
    expect(rules(library(sentence))).toEqual(returnedOnce);
  });

  it('says to a client what the rider says, not the line of the endpoint', () => {
    const model = modelOf(
      readMarkdownSpec(library('POST /loans/:id/return returns a loan (409 if it was returned before).')),
    );
    expect(model.rules).toMatchObject([{ kind: 'forbid', message: 'A loan cannot be returned if it was returned.' }]);
    const joined =
      'Members return a loan through POST /loans/:id/return, and once it is returned, a loan cannot be returned again.';
    expect(modelOf(readMarkdownSpec(library(joined))).rules).toMatchObject([
      { message: 'Once it is returned, a loan cannot be returned again.' },
    ]);
  });

  it('is refused with its words when it is not understood', () => {
    const sentence = 'A loan is returned with POST /loans/:id/return, which fails unless the moon is full.';
    const read = readMarkdownSpec(library(sentence));
    expect(read).toMatchObject({ ok: false, error: [{ sentence }] });
    expect(read.ok ? '' : read.error[0]?.reason).toContain('"fails unless the moon is full"');
  });
});

describe('what is final', () => {
  it('holds for a paid invoice', () => {
    const invoices = (rule: string): string =>
      `# Invoicing\nAn invoice has a number (text, unique) and a status (draft, sent, paid or cancelled; default draft).\nAn invoice is paid with POST /invoices/:id/pay and cancelled with POST /invoices/:id/cancel${rule}`;
    const wanted = [
      'invoice not on create, update, cancel: (((status == "cancelled") and (previous.status != "cancelled")) and (previous.status == "paid"))',
    ];
    expect(rules(invoices(". An invoice that was paid can't be cancelled."))).toEqual(wanted);
    expect(rules(invoices('; a paid invoice cannot be cancelled.'))).toEqual(wanted);
  });

  it('holds for a shipped order, which is no field of orders', () => {
    const orders =
      '# Orders\nAn order has a customer name and an address. An order can be shipped by POST /orders/:id/ship. ';
    const wanted = ['order not on update: (previous.shippedAt != null)'];
    expect(rules(`${orders}Orders already shipped may not be changed.`)).toEqual(wanted);
    expect(rules(`${orders}A shipped order can no longer be changed.`)).toEqual(wanted);
    expect(rules(`${orders}Nobody may change an order that was shipped.`)).toEqual(wanted);
  });

  it('holds for comments on a closed ticket', () => {
    const tickets =
      '# Help desk\nA ticket has a subject and a status (open or closed, default open). A comment belongs to a ticket and has a text.\nPOST /tickets/:id/close closes a ticket';
    const wanted = ['comment not on create: (ticketId.status == "closed")'];
    expect(rules(`${tickets}. A closed ticket cannot receive comments.`)).toEqual(wanted);
    expect(rules(`${tickets}; closed tickets cannot get comments.`)).toEqual(wanted);
  });

  it('holds where a status is entered a second time, and where a flag is kept', () => {
    expect(
      rules(
        '# Plans\nA subscription has an email and a status (active, cancelled; default active).\nA subscription is cancelled by calling POST /subscriptions/:id/cancel. A subscription that was already cancelled cannot be cancelled a second time.',
      ),
    ).toEqual(['subscription not on cancel: (previous.status == "cancelled")']);
    expect(
      rules(
        '# Library\n## Loans\nA loan has a borrower (text, required) and a returned flag (boolean, default false).\nReturning is done with `POST /loans/{id}/return`. A returned loan cannot be returned again.',
      ),
    ).toEqual(['loan not on return: (previous.returnedFlag == true)']);
  });
});
