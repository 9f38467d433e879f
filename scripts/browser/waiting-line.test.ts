import { describe, expect, it } from 'vitest';
import { createWaitingLine } from './waiting-line.ts';

describe('createWaitingLine', () => {
  it('lets so many in, and the next when one leaves, once for each', async () => {
    const line = createWaitingLine(1);
    const first = await line.enter(0);
    const order: string[] = [];
    const second = line.enter(60_000).then((leave) => {
      order.push('second');
      return leave;
    });
    const third = line.enter(60_000).then((leave) => {
      order.push('third');
      return leave;
    });
    expect(await line.enter(0)).toBeUndefined();
    first?.();
    first?.();
    const leaveSecond = await second;
    expect(order).toEqual(['second']);
    leaveSecond?.();
    (await third)?.();
    expect(await line.enter(0)).toBeTypeOf('function');
  });
});
