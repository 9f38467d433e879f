/** A file of a generated repository, before it is known which item of work writes it. */
export interface TemplateFile {
  readonly path: string;
  readonly content: string;
  readonly kind: 'test' | 'source' | 'document';
}
