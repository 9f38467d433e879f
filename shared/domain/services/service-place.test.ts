import { describe, expect, it } from 'vitest';
import { createId } from '../ids.ts';
import { parseServicePlace } from './service-place.ts';

const projectId = createId('prj', 1, new Uint8Array(16));

describe('the name of a service object', () => {
  it('says whose it is and which', () => {
    expect(parseServicePlace(`${projectId}.production.auth`)).toEqual({
      owner: { kind: 'app', projectId, slot: 'production' },
      member: 'auth',
    });
    expect(parseServicePlace('my-shop.group')).toEqual({
      owner: { kind: 'composition', name: 'my-shop' },
      member: 'group',
    });
  });

  it.each([
    '',
    'auth',
    '.auth',
    'shop.',
    'shop.nothing',
    'Shop.auth',
    'wsp/composition/shop.auth',
    'shop.preview.auth',
    `${projectId}.auth.auth`,
    `${projectId}.other.auth`,
    `${projectId}.production.auth.auth`,
    `${'x'.repeat(100)}.auth`,
  ])('is not %s', (text) => {
    expect(parseServicePlace(text)).toBeUndefined();
  });
});
