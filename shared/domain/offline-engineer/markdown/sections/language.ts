/** Whether a text is English enough to be read. */

const ENGLISH = new Set(
  'the a an of and to in is are be must can cannot may has have with for each every when not only if that it its on by as at from or no should will all one this which'.split(
    ' ',
  ),
);
const FOREIGN = new Set(
  'der die das und ein eine ist sind nicht mit für wird werden kann muss darf jede jeder jedes soll von zu im auf le la les des une est sont avec pour dans chaque doit peut être el los las un una es son con para cada debe puede que y en il lo gli che di per ogni deve può het een van niet moet kan elk elke met voor och att är en ska kan varje ett som o os uma não com e são ou pode cada deve jest nie i w na z każdy musi może'.split(
    ' ',
  ),
);

/**
 * False when most letters are of another script, or when small words of other languages outweigh the English ones.
 * Code and short lists hold too few words to judge and count as English.
 */
export const isEnglish = (text: string): boolean => {
  const sample = text.slice(0, 20_000).replace(/```[\s\S]*?```/g, ' ');
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  const latin = sample.match(/[A-Za-z]/g)?.length ?? 0;
  if (letters > 0 && latin / letters < 0.7) return false;
  const words = sample.toLowerCase().match(/\p{L}+/gu) ?? [];
  const english = words.filter((word) => ENGLISH.has(word)).length;
  const foreign = words.filter((word) => FOREIGN.has(word) && !ENGLISH.has(word)).length;
  return foreign <= 3 || english >= foreign;
};
