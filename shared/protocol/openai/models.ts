/** The models that are offered, in OpenAI's shape. */

export interface OpenAiModel {
  /** `<provider>/<model>`, an alias, or a name of `auto`, as requests name it. */
  readonly id: string;
  readonly object: 'model';
  /** Nobody tells when a model was made, so it is the beginning of time. */
  readonly created: 0;
  readonly owned_by: string;
}

/** A model's entry. */
export const toOpenAiModel = (id: string): OpenAiModel => ({
  id,
  object: 'model',
  created: 0,
  owned_by: /^[^/]*$|^(?:team|agent|role)\//.test(id) ? 'aidevos' : id.slice(0, id.indexOf('/')),
});

/** The whole list; OpenAI's has no pages. */
export const toModelList = (
  ids: readonly string[],
): { readonly object: 'list'; readonly data: readonly OpenAiModel[] } => ({
  object: 'list',
  data: ids.map(toOpenAiModel),
});
