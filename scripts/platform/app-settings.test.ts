import { describe, expect, it } from 'vitest';
import { readAppSettings } from './app-settings.ts';

describe('what the shell gives to apps', () => {
  it('is variables, secrets, and databases by their kind; nothing else of it', () => {
    expect(
      readAppSettings({
        HOME: '/root',
        APP_GRANTS: 'APP_DATABASE_ORDERS=*',
        APP_SECRET_PAY: 's',
        APP_DATABASE_ORDERS: 'postgres://app:secret@127.0.0.1:5432/orders',
        APP_DATABASE_NOTES: 'd1',
      }),
    ).toEqual({
      variables: { APP_GRANTS: 'APP_DATABASE_ORDERS=*', APP_SECRET_PAY: 's' },
      hyperdrives: { APP_DATABASE_ORDERS: 'postgres://app:secret@127.0.0.1:5432/orders' },
      d1Databases: { APP_DATABASE_NOTES: 'APP_DATABASE_NOTES' },
    });
  });

  it.each(['', 'sqlite', 'mysql://app:secret@db/x', 'postgres://app@127.0.0.1/x', 'postgres://app:secret@127.0.0.1'])(
    'is told when %j is no database, without the value',
    (value) => {
      const read = (): unknown => readAppSettings({ APP_DATABASE_ORDERS: value });
      expect(read).toThrow('APP_DATABASE_ORDERS must be "d1", or like postgres://');
      if (value.includes('secret')) expect(read).not.toThrow(value);
    },
  );

  it('names a database that no declaration could name', () => {
    expect(() => readAppSettings({ APP_DATABASE_orders: 'd1' })).toThrow('APP_DATABASE_orders is no name');
  });
});
