import { describe, expect, it } from 'vitest';
import { count, field, literal, model, binary, record, reference, required, resource } from './fixtures/build.ts';
import { createBlueprint } from './index.ts';

const fileOf = (blueprint: ReturnType<typeof createBlueprint>, path: string): string =>
  blueprint.files.find((file) => file.path === path)?.content ?? '';

describe('a blueprint', () => {
  it('is made of the smallest model', () => {
    const blueprint = createBlueprint(model('tiny', [resource('thing', 'things', [])]));
    expect(blueprint.items.map(({ key }) => key)).toContain('resource-things');
    expect(fileOf(blueprint, 'src/model/things.ts')).toContain('export interface Thing');
  });

  it('gives resources names that hide nothing', () => {
    const names = ['class', 'map', 'request', 'reply', 'record', 'store', 'page'];
    const blueprint = createBlueprint(
      model(
        'awkward',
        names.map((name) => resource(name, `${name}s`, [required('name', 'string')])),
      ),
    );
    expect(fileOf(blueprint, 'src/model/maps.ts')).toContain('interface MapRecord');
    expect(fileOf(blueprint, 'test/pages/classs.test.ts')).not.toMatch(/const class\b/u);
  });

  it('quotes sentences without letting them out of their quotes', () => {
    const sentence = 'It\'s "odd": */ `${1}` \\ done.';
    const blueprint = createBlueprint(
      model(
        'odd',
        [resource('thing', 'things', [required('size', 'integer', { description: sentence })])],
        [
          {
            kind: 'forbid',
            resource: 'thing',
            on: ['create'],
            when: binary(record('size'), '>', literal(3)),
            status: 409,
            message: sentence,
            source: sentence,
          },
        ],
      ),
    );
    const rules = fileOf(blueprint, 'src/resources/things/rules.ts');
    // The header, the comment of the rule, and the sentence in its message.
    expect(rules.match(/\*\//gu)).toHaveLength(3);
    expect(rules).toContain(String.raw`'It\'s "odd": */`);
  });

  it('lets records that delete each other be built one after the other', () => {
    const blueprint = createBlueprint(
      model('circle', [
        resource('left', 'lefts', [reference('rightId', 'right', 'cascade', { required: false })]),
        resource('right', 'rights', [reference('leftId', 'left', 'cascade', { required: false })]),
      ]),
    );
    const visit = (key: string, path: readonly string[]): void => {
      expect(path).not.toContain(key);
      const item = blueprint.items.find((candidate) => candidate.key === key);
      for (const other of item?.dependsOn ?? []) visit(other, [...path, key]);
    };
    for (const { key } of blueprint.items) visit(key, []);
  });

  it('says which rule no test shows', () => {
    const never = binary(count('thing'), '>', literal(100_000));
    const blueprint = createBlueprint(
      model(
        'never',
        [resource('thing', 'things', [field('name', 'string')])],
        [
          {
            kind: 'forbid',
            resource: 'thing',
            on: ['create'],
            when: never,
            status: 409,
            message: 'No.',
            source: 'Never more.',
          },
        ],
      ),
    );
    expect(blueprint.assumptions.join('\n')).toContain('No example was found for "Never more."');
  });

  it('refuses a model that speaks of what it does not define', () => {
    const broken = model('broken', [resource('thing', 'things', [reference('otherId', 'other', 'restrict')])]);
    expect(() => createBlueprint(broken)).toThrow(/does not define: other/u);
  });
});
