/** Whether what a declaration holds can be used at all: schemas that are none, and templates that no page can be made of. */
import type { Issue } from '../../errors/result.ts';
import type { JsonObject } from '../../rpc/services/service-object.ts';
import type { ApiConfiguration } from '../../schemas/services/api.ts';
import type { CollectionDeclaration, ServicesDeclaration } from '../../schemas/services/declaration.ts';
import type { UiConfiguration } from '../../schemas/services/ui.ts';
import { schemaCheck } from './data/schema.ts';
import { checkTemplate } from './ui/template.ts';

const isUsable = (schema: JsonObject): boolean => {
  try {
    // Some faults of a schema are met only with a value.
    schemaCheck(schema)({}, '');
    return true;
  } catch {
    // The validator has no name for what is wrong with a schema.
    return false;
  }
};

const unusable = (field: string): Issue => ({ field, reason: 'is a schema that cannot be used' });

/** Schemas of routes. */
export const checkApiContent = ({ routes }: Pick<ApiConfiguration, 'routes'>): readonly Issue[] =>
  routes.flatMap((route, index) =>
    (['parameters', 'query', 'body'] as const).flatMap((part) => {
      const schema = route[part];
      return schema === undefined || isUsable(schema) ? [] : [unusable(`api.routes[${index}].${part}`)];
    }),
  );

/** Templates of pages. */
export const checkUiContent = ({ pages }: Pick<UiConfiguration, 'pages'>): readonly Issue[] =>
  pages.flatMap(({ template }, index) => {
    const checked = checkTemplate(template);
    return checked.ok ? [] : [{ field: `ui.pages[${index}].template`, reason: checked.error }];
  });

const checkCollections = (collections: readonly CollectionDeclaration[]): readonly Issue[] =>
  collections.flatMap(({ schema }, index) => (isUsable(schema) ? [] : [unusable(`data.collections[${index}].schema`)]));

/** Everything in a declaration that cannot be used. */
export const checkContent = ({ api, ui, data }: ServicesDeclaration): readonly Issue[] => [
  ...(api === undefined ? [] : checkApiContent(api)),
  ...(ui === undefined ? [] : checkUiContent(ui)),
  ...(data === undefined ? [] : checkCollections(data.collections)),
];
