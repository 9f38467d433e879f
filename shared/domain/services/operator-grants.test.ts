import { expect, it } from 'vitest';
import { isGranted } from './operator-grants.ts';

const grants =
  'APP_SECRET_PAY=wsp_1/shop>https://pay.test, APP_DATABASE_MAIN=wsp_1 APP_DATABASE_ALL=* APP_SECRET_BARE=*';

it.each([
  ['APP_SECRET_PAY', 'wsp_1/shop/production', 'https://pay.test', true],
  ['APP_SECRET_PAY', 'wsp_1/shop/production', 'https://evil.test', false],
  ['APP_SECRET_PAY', 'wsp_1/shop/production', undefined, false],
  ['APP_SECRET_PAY', 'wsp_1/shopping', 'https://pay.test', false],
  ['APP_SECRET_BARE', 'wsp_1/shop', 'https://pay.test', false],
  ['APP_DATABASE_MAIN', 'wsp_1/x', undefined, true],
  ['APP_DATABASE_MAIN', 'wsp_10/x', undefined, false],
  ['APP_DATABASE_ALL', 'anything', undefined, true],
  ['APP_DATABASE_OTHER', 'wsp_1', undefined, false],
])('%s for %s towards %s: %s', (name, group, origin, expected) => {
  expect(isGranted(grants, { name, group, ...(origin === undefined ? {} : { origin }) })).toBe(expected);
  expect(isGranted(undefined, { name, group })).toBe(false);
});
