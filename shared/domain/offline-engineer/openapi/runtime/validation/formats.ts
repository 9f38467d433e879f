/** Checks for the formats of JSON Schema and OpenAPI. A format that is not listed here allows every value. */

import { own } from '../json.ts';

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const timePattern = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const hostnamePattern = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const isDate = (text: string): boolean => {
  const match = datePattern.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
};

const isDateTime = (text: string): boolean =>
  isDate(text.slice(0, 10)) && /^[t ]$/i.test(text.charAt(10)) && timePattern.test(text.slice(11));

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

const isIpv6 = (text: string): boolean => {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const endsWithIpv4 = last !== undefined && last.includes('.');
  if (endsWithIpv4 && !isIpv4(last)) return false;
  const hexGroups = endsWithIpv4 ? groups.slice(0, -1) : groups;
  const size = hexGroups.length + (endsWithIpv4 ? 2 : 0);
  return hexGroups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? size <= 7 : size === 8);
};

const stringFormats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => timePattern.test(text),
  'date-time': isDateTime,
  duration: (text) => /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254,
  hostname: (text) => hostnamePattern.test(text),
  ipv4: isIpv4,
  ipv6: isIpv6,
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  uri: (text) => /^[a-z][a-z0-9+.-]*:[^\s]*$/i.test(text),
  url: (text) => /^[a-z][a-z0-9+.-]*:\/\/[^\s]+$/i.test(text),
  'uri-reference': (text) => !/[\s<>"{}|\\^`]/.test(text),
  byte: (text) => /^[A-Za-z0-9+/\-_\r\n]*={0,2}$/.test(text),
};

/** False when a string does not have the format. */
export const hasStringFormat = (format: string, text: string): boolean => own(stringFormats, format)?.(text) ?? true;

/** False when a number is outside what the format can hold. */
export const hasNumberFormat = (format: string, value: number): boolean => {
  if (format === 'int32') return Number.isInteger(value) && value >= -2_147_483_648 && value <= 2_147_483_647;
  if (format === 'int64') return Number.isInteger(value) && Math.abs(value) <= 2 ** 63;
  return true;
};
