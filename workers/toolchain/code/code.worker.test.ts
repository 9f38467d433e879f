import { describe, expect, it } from 'vitest';
import { answered, askAbout } from './testing/ask.ts';

const shop = {
  'package.json': '{ "name": "shop" }',
  'src/index.ts': "import { total } from './cart.ts';\nexport const main = (): number => total([1, 2]);\n",
  'src/cart.ts':
    "import { round } from './money.ts';\n/** Sum of the prices. */\nexport function total(prices: readonly number[]): number {\n  return round(prices.reduce((sum, price) => sum + price, 0));\n}\nexport const unused = 1;\n",
  'src/money.ts': 'export const round = (value: number): number => Math.round(value * 100) / 100;\n',
  'src/routes.ts':
    "import { total } from './cart.ts';\nexport const route = { method: 'GET', path: '/total', handle: () => total([]) };\n",
  'test/cart.test.ts': "import { total } from '../src/cart.ts';\nexport const checked = total([1]);\n",
};

describe('questions about scripts', () => {
  it('outlines a file', async () => {
    const { files } = answered(await askAbout(shop, { kind: 'outline', path: 'src/cart.ts', limit: 10 }));
    expect(files[0]?.symbols.map(({ name, kind, exported }) => `${kind} ${name} ${String(exported)}`)).toEqual([
      'function total true',
      'constant unused true',
    ]);
  });

  it('finds references over files by types', async () => {
    const found = answered(await askAbout(shop, { kind: 'references', name: 'total' }));
    expect(found.resolution).toBe('types');
    expect(found.definitions.map(({ path, span }) => `${path}:${String(span.start.line)}`)).toEqual(['src/cart.ts:3']);
    expect(new Set(found.references.map(({ path }) => path))).toEqual(
      new Set(['src/index.ts', 'src/routes.ts', 'test/cart.test.ts']),
    );
  });

  it('says what a change reaches', async () => {
    const found = answered(await askAbout(shop, { kind: 'impact', paths: ['src/money.ts', 'gone.ts'] }));
    expect(found.files.map(({ path, distance }) => `${path} ${String(distance)}`)).toEqual([
      'src/cart.ts 1',
      'src/index.ts 2',
      'src/routes.ts 2',
    ]);
    expect(found.tests.map(({ path }) => path)).toEqual(['test/cart.test.ts']);
    expect(found.endpoints).toEqual([{ method: 'GET', path: '/total', line: 2, file: 'src/routes.ts', distance: 2 }]);
    expect(found.unknown).toEqual(['gone.ts']);
  });

  it('says how much of what is exported is explained, tests left out', async () => {
    const found = answered(await askAbout(shop, { kind: 'documentation', limit: 2 }));
    expect(found).toEqual({
      documented: 1,
      total: 5,
      undocumented: [
        { path: 'src/cart.ts', name: 'unused', line: 6 },
        { path: 'src/index.ts', name: 'main', line: 2 },
      ],
      endpoints: [{ method: 'GET', path: '/total', line: 2, file: 'src/routes.ts' }],
      otherFiles: 0,
    });
  });

  it('draws calls by types', async () => {
    const { edges, unresolved } = answered(await askAbout(shop, { kind: 'calls', path: 'src/cart.ts', limit: 10 }));
    expect(edges.map(({ from, to }) => `${from.function} -> ${to.path} ${to.name}`)).toEqual([
      'total -> src/money.ts round',
    ]);
    expect(unresolved).toBe(1);
  });

  it('finds exports that nobody uses', async () => {
    const { exports } = answered(await askAbout(shop, { kind: 'deadExports', limit: 10 }));
    expect(exports).toEqual([
      { path: 'src/cart.ts', name: 'unused', line: 6, usedBy: 'nothing' },
      { path: 'src/routes.ts', name: 'route', line: 2, usedBy: 'nothing' },
    ]);
  });

  it('completes, explains, finds and renames over an unsaved text', async () => {
    const overlay = { 'src/index.ts': "import { total } from './cart.ts';\nexport const main = total([3]);\nto\n" };
    const at = { line: 2, column: 23 };
    const hover = answered(await askAbout(shop, { kind: 'hover', path: 'src/index.ts', at }, overlay));
    expect(hover.signature).toContain('total(prices: readonly number[]): number');
    expect(hover.documentation).toBe('Sum of the prices.');
    const { definitions } = answered(await askAbout(shop, { kind: 'definition', path: 'src/index.ts', at }, overlay));
    expect(definitions.map(({ path, span }) => `${path}:${String(span.start.line)}`)).toEqual(['src/cart.ts:3']);
    const { items } = answered(
      await askAbout(
        shop,
        { kind: 'completion', path: 'src/index.ts', at: { line: 3, column: 3 }, limit: 20 },
        overlay,
      ),
    );
    expect(items.map(({ name }) => name)).toContain('total');
    const renamed = answered(
      await askAbout(shop, { kind: 'rename', path: 'src/index.ts', at, newName: 'sum' }, overlay),
    );
    expect(renamed.files.map(({ path, edits }) => `${path} ${String(edits.length)}`).toSorted()).toEqual([
      'src/cart.ts 1',
      'src/index.ts 2',
      'src/routes.ts 2',
      'test/cart.test.ts 2',
    ]);
    const { diagnostics } = answered(
      await askAbout(shop, { kind: 'diagnostics', path: 'src/index.ts', limit: 10 }, overlay),
    );
    expect(diagnostics.map(({ code, line }) => `${code} ${String(line)}`)).toEqual(['TS2304 3']);
  });

  it('offers fixes and formats', async () => {
    const files = { 'a.ts': 'export const one = 1;\n', 'b.ts': 'export const two = one+1;\n' };
    const { fixes } = answered(await askAbout(files, { kind: 'fixes', path: 'b.ts', line: 1 }));
    expect(fixes.map(({ title }) => title)).toContain('Add import from "./a.ts"');
    const { edits } = answered(await askAbout(files, { kind: 'format', path: 'b.ts' }));
    expect(edits.map(({ newText }) => newText)).toEqual([' ', ' ']);
  });
});

describe('questions about other languages', () => {
  const files = {
    'go.mod': 'module example.com/shop\n\ngo 1.24\n',
    'main.go':
      'package main\n\nimport "example.com/shop/cart"\n\nfunc main() {\n\tif cart.Total(nil) > 0 && true {\n\t\tprintln("x")\n\t}\n}\n',
    'cart/cart.go':
      'package cart\n\n// Total adds.\nfunc Total(prices []int) int {\n\tsum := 0\n\tfor _, price := range prices {\n\t\tsum += price\n\t}\n\treturn round(sum)\n}\n',
    'cart/round.go': 'package cart\n\nfunc round(value int) int { return value }\n',
    'cart/cart_test.go': 'package cart\n\nfunc TestTotal() { Total(nil) }\n',
    'app/__init__.py': '',
    'app/models.py': 'class Book:\n    def price(self, tax=0):\n        return 1 if tax else 2\n',
    'app/views.py': 'from .models import Book\n\n@app.get("/books")\ndef books():\n    return Book().price()\n',
    'src/lib.rs': 'pub mod shelf;\nuse crate::shelf::Shelf;\npub fn open() -> Shelf { Shelf::new() }\n',
    'src/shelf.rs': 'pub struct Shelf;\nimpl Shelf {\n    pub fn new() -> Self { Shelf }\n}\n',
    'java/a/Book.java':
      'package a;\npublic class Book {\n  public int price(int x) { switch (x) { case 1: return 2; default: return x > 3 ? 1 : 0; } }\n}\n',
    'java/b/Shop.java': 'package b;\nimport a.Book;\nclass Shop { int sell() { return new Book().price(1); } }\n',
  };

  it('resolves imports', async () => {
    const found = answered(await askAbout(files, { kind: 'imports', limit: 100 }));
    expect(Object.fromEntries(found.files.map(({ path, imports }) => [path, imports]))).toEqual({
      'app/__init__.py': [],
      'app/models.py': [],
      'app/views.py': ['app/models.py'],
      'cart/cart.go': ['cart/round.go'],
      'cart/cart_test.go': ['cart/cart.go'],
      'cart/round.go': [],
      'java/a/Book.java': [],
      'java/b/Shop.java': ['java/a/Book.java'],
      'main.go': ['cart/cart.go', 'cart/round.go'],
      'src/lib.rs': ['src/shelf.rs'],
      'src/shelf.rs': [],
    });
  });

  it('measures functions', async () => {
    const { functions } = answered(await askAbout(files, { kind: 'functions', limit: 100 }));
    expect(
      Object.fromEntries(functions.map(({ name, cyclomatic, cognitive }) => [name, [cyclomatic, cognitive]])),
    ).toEqual({
      main: [3, 2],
      Total: [2, 1],
      round: [1, 0],
      TestTotal: [1, 0],
      // That of Python, after that of Java: a switch with a conditional inside it.
      price: [2, 1],
      books: [1, 0],
      open: [1, 0],
      new: [1, 0],
      sell: [1, 0],
    });
  });

  it('finds declarations, uses, calls and routes by name', async () => {
    const total = answered(await askAbout(files, { kind: 'references', name: 'Total' }));
    expect(total.resolution).toBe('names');
    expect(total.definitions.map(({ path }) => path)).toEqual(['cart/cart.go']);
    expect(total.references.map(({ path }) => path)).toEqual(['cart/cart_test.go', 'main.go']);
    const { edges } = answered(await askAbout(files, { kind: 'calls', path: 'cart/cart.go', limit: 1 }));
    expect(edges.map(({ to }) => `${to.path} ${to.name}`)).toEqual(['cart/round.go round']);
    const found = answered(await askAbout(files, { kind: 'impact', paths: ['app/models.py'] }));
    expect(found.endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /books']);
    const { definitions } = answered(
      await askAbout(files, { kind: 'definition', path: 'src/lib.rs', at: { line: 3, column: 20 } }),
    );
    expect(definitions.map(({ path }) => path)).toEqual(['src/shelf.rs']);
  });
});

describe('hostile and broken files', () => {
  it('tells what it can of each', async () => {
    const files = {
      'broken.ts': 'export function a( {\nexport const b = 1;\n',
      'broken.py': 'def f(:\n  return 1\n\ndef g():\n  return 2\n',
      'deep.ts': `export const x = ${'('.repeat(200_000)}1${')'.repeat(200_000)};\n`,
      'large.ts': `export const large = 1;\n${'// padding\n'.repeat(480_000)}`,
      'mixed.ts': 'export const a = 1;\r\nexport const b = 2;\rexport const c = 3;\n',
      'old.rb': 'puts 1\n\n',
      'picture.png': null,
      LICENSE: 'text\n',
    };
    const { files: found } = answered(await askAbout(files, { kind: 'metrics', limit: 100 }));
    const of = (path: string) => found.find((file) => file.path === path);
    expect(of('broken.ts')?.note).toContain('does not parse');
    expect(of('deep.ts')).toMatchObject({ depth: 'plain', lines: { total: 1 } });
    expect(of('deep.ts')?.note).toContain('nested too deeply');
    expect(of('large.ts')).toMatchObject({ depth: 'plain', lines: { total: 480_001 } });
    expect(of('mixed.ts')?.lines).toEqual({ total: 3, code: 3, comment: 0, blank: 0 });
    expect(of('old.rb')?.note).toContain('no grammar for Ruby');
    expect(of('old.rb')?.lines).toEqual({ total: 2, code: 1, comment: 0, blank: 1 });
    expect(of('picture.png')).toMatchObject({ language: 'binary', depth: 'plain' });
    const outlined = answered(await askAbout(files, { kind: 'outline', path: 'broken.py', limit: 1 })).files[0];
    expect(outlined?.syntaxProblems.length).toBeGreaterThan(0);
    expect(outlined?.symbols.map(({ name }) => name)).toContain('g');
  });

  it('refuses places and names that are none', async () => {
    const at = { line: 99, column: 1 };
    const outside = await askAbout(shop, { kind: 'hover', path: 'src/index.ts', at });
    expect(outside).toMatchObject({ ok: false, error: { type: 'request.invalid', issues: [{ field: 'line' }] } });
    const missing = await askAbout(shop, { kind: 'hover', path: 'no.ts', at });
    expect(missing).toMatchObject({ ok: false, error: { type: 'resource.not_found', issues: [{ field: 'path' }] } });
    const name = { kind: 'rename', path: 'src/index.ts', at: { line: 2, column: 15 }, newName: 'a b' } as const;
    expect(await askAbout(shop, name)).toMatchObject({ ok: false, error: { issues: [{ field: 'newName' }] } });
  });
});
