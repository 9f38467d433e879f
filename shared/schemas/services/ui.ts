/** The pages, files and themes of a group. */
import { z } from 'zod';
import { eventName, serviceName } from './parts.ts';

const path = z
  .string()
  .max(200)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'must be a path like /styles/site.css');

const page = z.strictObject({
  name: serviceName,
  /** Where it is served; `{id}` is a parameter. Absent: rendered only when asked for. */
  path: z
    .string()
    .max(200)
    .regex(/^\/[A-Za-z0-9._~/{}-]*$/, 'must be a path like /orders/{id}')
    .optional(),
  title: z.string().min(1).max(200),
  /** Mustache over HTML: `{{name}}`, `{{#list}}…{{/list}}`, `{{^list}}…{{/list}}`; values are always escaped. */
  template: z.string().max(100_000),
  access: z.enum(['public', 'session']).default('public'),
  /** What the template is given, by name: records of a collection of Data. */
  data: z
    .record(
      z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/),
      z.strictObject({
        collection: z.string(),
        where: z.unknown().optional(),
        limit: z.int().min(1).max(200).default(50),
        orderBy: z
          .array(z.strictObject({ field: z.string(), descending: z.boolean().optional() }))
          .max(4)
          .optional(),
      }),
    )
    .default({}),
  event: eventName.optional(),
});

const colour = z.string().regex(/^(#[0-9a-fA-F]{3,8}|[a-z]{3,30})$/, 'must be a colour like #336699 or a name');

export const uiConfiguration = z.strictObject({
  title: z.string().min(1).max(200).default('App'),
  pages: z.array(page).max(100).default([]),
  assets: z
    .array(
      z.strictObject({
        path,
        contentType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+(; ?charset=utf-8)?$/, 'must be a media type'),
        text: z.string().max(200_000),
      }),
    )
    .max(200)
    .default([]),
  themes: z
    .record(
      serviceName,
      z.strictObject({
        colours: z.partialRecord(z.enum(['background', 'text', 'accent', 'muted', 'surface', 'danger']), colour),
        font: z
          .string()
          .max(200)
          .regex(/^[A-Za-z0-9 ,'-]*$/)
          .default('system-ui, sans-serif'),
      }),
    )
    .default({}),
  defaultTheme: serviceName.optional(),
});

export type UiConfiguration = z.infer<typeof uiConfiguration>;
export type UiPage = UiConfiguration['pages'][number];
