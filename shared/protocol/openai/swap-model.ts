/**
 * Another model's name in a request's text, and nothing else: parsed and written again, numbers too large for
 * JavaScript (a 64-bit seed) would come out changed.
 */

interface Place {
  readonly start: number;
  readonly end: number;
}

/** One past the closing quote of the text that begins at `start`. */
const endOfText = (json: string, start: number): number => {
  for (let index = start + 1; index < json.length; index += 1) {
    const character = json.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '"') return index + 1;
  }
  return json.length;
};

const skipSpace = (json: string, start: number): number => {
  let index = start;
  while (/\s/.test(json.charAt(index))) index += 1;
  return index;
};

/** Where the values of `model` stand in the outermost object. A repeated key is sound JSON, so there may be several. */
const findModels = (json: string): readonly Place[] => {
  const places: Place[] = [];
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const character = json.charAt(index);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const end = endOfText(json, index);
      const colon = skipSpace(json, end);
      const value = skipSpace(json, colon + 1);
      if (depth === 1 && json.charAt(colon) === ':' && JSON.parse(json.slice(index, end)) === 'model') {
        if (json.charAt(value) === '"') places.push({ start: value, end: endOfText(json, value) });
      }
      index = end - 1;
    }
  }
  return places;
};

/** The same request for another model. `json` is an object of sound JSON. */
export const swapModel = (json: string, model: string): string => {
  let swapped = '';
  let from = 0;
  for (const { start, end } of findModels(json)) {
    swapped += json.slice(from, start) + JSON.stringify(model);
    from = end;
  }
  return swapped + json.slice(from);
};
