import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCriteria, judgeCriteria, listCriteria, type CheckRecord } from './criteria.ts';
import { emptyMemory, fill, judgeStep, remember, requestOf, sameJson, type Memory } from './play.ts';
import { behaviourLimits, readBehaviour } from './read-criteria.ts';
import { readStep, type StepMode } from './read-step.ts';
import type { Json, StepAction } from './scenario.ts';

const specification = `# Books

Text before.

\`\`\`gherkin
@AC-1
Scenario: A book is lent once
  Given a book with title "Dune" and published year 1965
  And POST /members with {"name": "Ann"} as member
  When POST /loans with {"bookId": "{book.id}", "memberId": "{member.id}"}
  Then the status is 201
  And returnedAt is missing
  When I send a POST request to /loans with body {"bookId": "{book.id}", "memberId": "{member.id}"}
  Then the request is refused with 409
\`\`\`

\`\`\`gherkin
Scenario Outline: A title of <n> letters
  When POST /books with:
    | title | <title> |
  Then it is accepted
  Examples:
    | n | title |
    | 1 | a     |
    | 2 | ab    |

Scenario: Something else
  Given Ann is happy
  Then the status is 200
\`\`\`
`;

const action = (text: string, mode: StepMode): StepAction => {
  const read = readStep({ text, mode });
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

describe('reading criteria', () => {
  it('finds scenarios in fenced blocks, with ids, lines and the rows of outlines', () => {
    const { criteria, scenarios, faults } = readBehaviour(specification);
    expect(faults).toEqual([]);
    expect(criteria).toEqual([
      { criterionId: 'AC-1', title: 'A book is lent once', line: 7 },
      { criterionId: 'a-title-of-1-letters', title: 'A title of 1 letters', line: 18 },
      {
        criterionId: 'something-else',
        title: 'Something else',
        line: 27,
        unreadable: expect.stringContaining('Ann is happy'),
      },
    ]);
    expect(scenarios.map(({ checkId }) => checkId)).toEqual(['AC-1', 'a-title-of-1-letters', 'a-title-of-1-letters#2']);
    expect(scenarios[0]?.steps[0]?.action).toEqual({
      kind: 'request',
      method: 'POST',
      path: '/books',
      body: { title: 'Dune', publishedYear: 1965 },
      keepAs: 'book',
      mustSucceed: true,
    });
  });

  it('says where a block is no Gherkin, and reads the others', () => {
    const broken = `a\n\n\`\`\`gherkin\nScenario: x\n  Given POST /a\n  nonsense here\n\`\`\`\n${specification}`;
    const { criteria, faults } = readBehaviour(broken);
    expect(faults).toEqual([{ line: 6, reason: expect.stringContaining('nonsense here') }]);
    expect(criteria).toHaveLength(3);
  });

  it('says that a scenario proves nothing without an expectation, or before a request', () => {
    const of = (steps: string): string | undefined =>
      readBehaviour(`\`\`\`gherkin\nScenario: x\n${steps}\n\`\`\``).criteria[0]?.unreadable;
    expect(of('  When GET /a')).toContain('Then');
    expect(of('  Then the status is 200')).toContain('before it asks');
    expect(of('  When GET /a\n  Then the status is 200')).toBeUndefined();
  });

  it('stops at the bound and says so', () => {
    const many = Array.from({ length: behaviourLimits.scenarios + 5 }, (_, index) =>
      [`Scenario: s${index}`, '  When GET /a', '  Then it is accepted'].join('\n'),
    ).join('\n');
    const { scenarios, faults } = readBehaviour(`\`\`\`gherkin\n${many}\n\`\`\``);
    expect(scenarios).toHaveLength(behaviourLimits.scenarios);
    expect(faults).toHaveLength(1);
  });

  it('never throws, whatever stands in a block', () => {
    const piece = fc.constantFrom('Scenario: a', 'Given a book', 'When GET /a', '"""', '| a |', '@x', 'Examples:', '');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (lines) => {
        const read = readBehaviour(`\`\`\`gherkin\n${lines.join('\n')}\n\`\`\``);
        expect(read.scenarios.every(({ steps }) => steps.length > 0)).toBe(true);
      }),
    );
  });
});

describe('steps', () => {
  it.each([
    ['the status is 201', { kind: 'status', from: 201, to: 201 }],
    ['it is refused', { kind: 'status', from: 400, to: 499 }],
    ['the request succeeds', { kind: 'status', from: 200, to: 299 }],
    ['items has 2 entries', { kind: 'field', path: 'items', relation: 'has length', value: 2 }],
    ['the field items.0.title is "a"', { kind: 'field', path: 'items.0.title', relation: 'is', value: 'a' }],
    ['title is not "a"', { kind: 'field', path: 'title', relation: 'is not', value: 'a' }],
    ['loan limit is at least 5', { kind: 'field', path: 'loan limit', relation: 'is at least', value: 5 }],
    ['bookId is {book.id}', { kind: 'field', path: 'bookId', relation: 'is', value: '{book.id}' }],
    ['items is empty', { kind: 'field', path: 'items', relation: 'has length', value: 0 }],
    ['items contains {"a": 1}', { kind: 'field', path: 'items', relation: 'contains', value: { a: 1 } }],
    ['the body does not contain "x"', { kind: 'text', text: 'x', isThere: false }],
    [
      'the header Content-Type contains "json"',
      { kind: 'header', name: 'content-type', relation: 'contains', value: 'json' },
    ],
  ] as const)('understands “%s”', (text, expected) => {
    expect(action(text, 'then')).toEqual(expected);
  });

  it.each([
    ['title is Dune', 'then', 'in quotes'],
    ['Ann is sad', 'when', 'no request'],
    ['POST /books with {"a":}', 'when', 'no JSON'],
    ['a book with title Dune', 'given', 'no list of fields'],
  ] as const)('refuses “%s” and says how to write it', (text, mode, reason) => {
    const read = readStep({ text, mode });
    expect(read.ok ? '' : read.error).toContain(reason);
  });
});

describe('playing', () => {
  const answer = (status: number, json: Json): Memory => ({
    ...emptyMemory,
    last: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) },
  });
  const judged = (text: string, memory: Memory): string | undefined => {
    const step = action(text, 'then');
    if (step.kind === 'request' || step.kind === 'send_header') throw new Error('no expectation');
    return judgeStep(step, memory);
  };

  it('puts kept values into paths, encoded, and into bodies, as what they are', () => {
    const memory: Memory = { kept: { book: { id: 'a/b', count: 3 } }, headers: { 'x-a': '1' } };
    const step = action(
      'PUT /books/{book.id}?n={book.count} with {"n": "{book.count}", "t": "no. {book.count}"}',
      'when',
    );
    if (step.kind !== 'request') throw new Error('no request');
    expect(requestOf(step, memory)).toEqual({
      ok: true,
      value: {
        method: 'PUT',
        path: '/books/a%2Fb?n=3',
        headers: { 'content-type': 'application/json', 'x-a': '1' },
        body: '{"n":3,"t":"no. 3"}',
      },
    });
    expect(requestOf(step, emptyMemory)).toEqual({ ok: false, error: expect.stringContaining('{book.id}') });
  });

  it('compares each relation both ways', () => {
    const memory = answer(200, { title: 'Dune', year: 1965, items: [{ a: 1, b: 2 }], publishedOn: null });
    const held = ['title is "Dune"', 'year is at least 1965', 'year is less than 1966', 'items contains {"a": 1}'];
    const missed = ['title is "dune"', 'year is greater than 1965', 'year is at most "z"', 'items contains {"a": 2}'];
    expect(held.map((text) => judged(text, memory))).toEqual(held.map(() => undefined));
    expect(missed.every((text) => judged(text, memory) !== undefined)).toBe(true);
    expect(judged('published on is missing', memory)).toBeUndefined();
    expect(judged('nothing is there', memory)).toBe('nothing is nothing');
    expect(judged('items does not contain {"a": 2}', memory)).toBeUndefined();
    expect(judged('other does not contain "a"', memory)).toBe('other is nothing');
  });

  it('does not take inherited names for fields', () => {
    expect(judged('constructor is there', answer(200, {}))).toBeDefined();
    expect(fill('{toString}', emptyMemory).ok).toBe(false);
  });

  it('remembers answers by name', () => {
    const step = action('GET /a as first', 'when');
    if (step.kind !== 'request') throw new Error('no request');
    const memory = remember(step, { status: 200, headers: {}, body: '{"id":7}' }, emptyMemory);
    expect(fill({ x: ['{first.id}'] }, memory)).toEqual({ ok: true, value: { x: [7] } });
  });

  it('finds JSON the same as itself and its copy, and no other order of a list', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy: unknown = JSON.parse(JSON.stringify(value));
        // SAFETY: made of a JSON value.
        expect(sameJson(JSON.parse(JSON.stringify(value)) as Json, copy as Json)).toBe(true);
      }),
    );
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  });
});

describe('linking', () => {
  const behaviour = readBehaviour(specification);
  const tasks = [
    { taskId: 't1', key: 'loans', acceptanceCriteria: ['AC-1 holds.', 'Only active members can borrow books.'] },
    { taskId: 't2', key: 'members', acceptanceCriteria: ['Only active members can borrow books'] },
  ];
  const check = (more: Partial<CheckRecord>): CheckRecord => ({
    checkId: 'x',
    kind: 'test',
    name: '',
    passed: true,
    commit: 'c1',
    evidence: '',
    checkedAt: 1,
    ...more,
  });
  const criteria = listCriteria(behaviour, tasks);

  it('joins the same sentence of two tasks, and a task that names a scenario with it', () => {
    expect(criteria.map(({ criterionId, tasks: linked }) => [criterionId, linked.map(({ key }) => key)])).toEqual([
      ['AC-1', ['loans']],
      ['a-title-of-1-letters', []],
      ['something-else', []],
      ['only-active-members-can-borrow-books', ['loans', 'members']],
    ]);
  });

  it('is proven by passing checks of this commit alone', () => {
    const named = check({ name: 'loans > Only active members can borrow books. [create] > is refused' });
    const outcome = (checks: readonly CheckRecord[], commit: string): readonly string[] =>
      judgeCriteria(criteria, checks, commit).map((each) => each.outcome);
    expect(outcome([named], 'c1')).toEqual(['unproven', 'unproven', 'unproven', 'proven']);
    expect(outcome([named], 'c2')[3]).toBe('stale');
    expect(outcome([named, { ...named, checkId: 'y', passed: false }], 'c1')[3]).toBe('failed');
    expect(outcome([check({ criterionId: 'AC-1', kind: 'scenario', passed: false })], 'c1')[0]).toBe('failed');
    expect(outcome([check({ name: 'AC-1: lent once' })], 'c1')[0]).toBe('proven');
    expect(outcome([check({ name: 'AC-11: something' })], 'c1')[0]).toBe('unproven');
  });

  it('counts what nothing proves', () => {
    expect(countCriteria(judgeCriteria(criteria, [], 'c1'))).toEqual({
      total: 4,
      proven: 0,
      failed: 0,
      unproven: 4,
      specifiedUnproven: 3,
    });
  });
});
