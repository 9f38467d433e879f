/**
 * Whether a delivery that comes again brings the same events. It tells mistakes, not attacks: who may publish under an id may
 * publish anything. So it is cheap rather than strong, since every event pays for it.
 */

/** 64 bits of the events' types, keys and data, as 16 hexadecimal digits. */
export const hashBody = (
  events: readonly { readonly type: string; readonly key: string | undefined; readonly data: string }[],
): string => {
  // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) beside a polynomial, whose collisions are others.
  let first = 0x81_1c_9d_c5;
  let second = 17;
  const add = (text: string): void => {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      first = Math.imul(first ^ unit, 0x01_00_01_93);
      second = Math.imul(second, 31) + unit;
    }
  };
  for (const { type, key = '', data } of events) for (const part of [type, '\n', key, '\n', data, '\n']) add(part);
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
};
