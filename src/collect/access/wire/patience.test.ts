import { describe, expect, it } from 'vitest';
import { createPatience } from './patience.ts';

const slow = 'GET /reports/{id}';
const times = (count: number, act: () => void): void => {
  for (let nth = 0; nth < count; nth += 1) act();
};

describe('a route that hangs', () => {
  it('is asked no more after three times, and once more when others were answered', async () => {
    const patience = createPatience();
    patience.answered('GET /');
    times(3, () => patience.failed(slow));
    expect(await patience.givenUp(slow)).toBe(`${slow} did not answer 3 times in a row`);
    expect(await patience.givenUp('GET /notes')).toBeUndefined();
    times(25, () => patience.answered('GET /notes'));
    expect(await patience.givenUp(slow)).toBeUndefined();
    expect(await patience.givenUp(slow), 'once').toBeDefined();
    patience.failed(slow);
    times(100, () => patience.answered('GET /notes'));
    expect(await patience.givenUp(slow)).toBe(`${slow} did not answer 4 times in a row`);
    expect(patience.unasked()).toEqual([`3 requests to ${slow}: it did not answer`]);
  });

  it('is asked on where it answers again, and what was left out is told all the same', async () => {
    const patience = createPatience();
    patience.answered('GET /');
    times(3, () => patience.failed(slow));
    await patience.givenUp(slow);
    times(25, () => patience.answered('GET /notes'));
    expect(await patience.givenUp(slow)).toBeUndefined();
    patience.answered(slow);
    expect(await patience.givenUp(slow)).toBeUndefined();
    expect(patience.unasked()).toEqual([`1 request to ${slow}: it did not answer`]);
  });
});

describe('an app that answers no more', () => {
  const silent = async () => {
    let time = 0;
    const patience = createPatience(() => time, 1);
    patience.answered('GET /');
    times(9, () => patience.failed(`GET /${(time += 2_000)}`));
    return { patience, wait: (ms: number) => void (time += ms) };
  };

  it('is left alone once, asked once more, and given up where it hangs still', async () => {
    const { patience } = await silent();
    expect(await patience.givenUp('GET /a')).toBeUndefined();
    patience.failed('GET /a');
    expect(await patience.givenUp('GET /b')).toBe('it has not answered for 10 requests');
    expect(patience.unasked()).toEqual(['1 request: it has not answered for 10 requests']);
  });

  it('is asked on where it answers after that', async () => {
    const { patience, wait } = await silent();
    expect(await Promise.all([patience.givenUp('GET /a'), patience.givenUp('GET /b')])).toEqual([undefined, undefined]);
    patience.answered('GET /a');
    wait(60_000);
    expect(await patience.givenUp('GET /c')).toBeUndefined();
    expect(patience.unasked()).toEqual([]);
  });

  it('is given up after three times where it never did', async () => {
    const patience = createPatience();
    times(3, () => patience.failed(slow));
    expect(await patience.givenUp('GET /')).toBe('it did not answer 3 times in a row');
  });
});
