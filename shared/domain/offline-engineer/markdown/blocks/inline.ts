/**
 * Removes Markdown's inline decoration and keeps what carries meaning. Inline code keeps its back quotes, because
 * a pattern or a path inside them must not be read as English.
 */

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&le;': '≤',
  '&ge;': '≥',
};

const withoutDecoration = (text: string): string =>
  text
    .replace(/!\[([^[\]]{0,300})\]\([^()]{0,500}\)/g, '$1')
    .replace(/\[([^[\]]{0,300})\]\([^()]{0,500}\)/g, '$1')
    .replace(/<!--/g, ' ')
    .replace(/-->/g, ' ')
    .replace(/<\/?(?:b|i|em|strong|br|code|p|u|s|kbd|sup|sub|span|div|details|summary)\s?\/?>/gi, ' ')
    .replace(/\*\*|__|~~/g, '')
    .replace(/(^|[\s("'])[*_](?=[^\s*_])/g, '$1')
    .replace(/([^\s*_])[*_](?=$|[\s.,;:!?)"'])/g, '$1')
    .replace(/\\([\\`*_{}[\]()#+\-.!|>])/g, '$1')
    .replace(/&(?:amp|lt|gt|quot|#39|nbsp|le|ge);/g, (entity) => ENTITIES[entity] ?? entity);

/** One line or joined paragraph without emphasis, links and entities; inline code is kept as it stands. */
export const plainInline = (text: string): string => {
  const parts = text.split('`');
  const cleaned = parts.map((part, index) => {
    const isCode = index % 2 === 1 && index < parts.length - 1;
    return isCode ? `\`${part}\`` : withoutDecoration(part);
  });
  return cleaned.join('').replace(/\s+/g, ' ').trim();
};

/** The same without back quotes. */
export const withoutCode = (text: string): string => text.replace(/`/g, '');
