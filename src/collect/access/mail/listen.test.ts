import { describe, expect, it } from 'vitest';
import { listen, type Mail, type Mailbox } from './mailbox.ts';

const mail = (id: string): Mail => ({ id, subject: id, text: '', html: '', raw: Buffer.from('') });

/** A mailbox by what each look into it gives. */
function box(looks: (nth: number) => readonly Mail[]): Mailbox {
  let nth = 0;
  return {
    pollMs: 10,
    patienceMs: 100,
    mails: async () => looks((nth += 1)),
    newAddress: () => 'a@box.test',
    close: () => Promise.resolve(),
  };
}
const broken = (): never => {
  throw new Error('broken');
};

describe('a mailbox that cannot be read', () => {
  it('for a while, and not at the end of the wait: nothing came', async () => {
    const listening = await listen(
      box((nth) => (nth === 3 ? broken() : [])),
      'a@box.test',
    );
    expect(await listening.next(100)).toBeUndefined();
    expect(listening.fault()).toBeUndefined();
  });

  it('at the end of the wait: it is looked into once more, and where that finds nothing nobody can tell', async () => {
    let isBack = false;
    const listening = await listen(
      box((nth) => (nth === 1 || isBack ? [] : broken())),
      'a@box.test',
    );
    expect(await listening.next(50)).toBeUndefined();
    expect(listening.fault()).toMatchObject({ message: 'broken' });
    isBack = true;
    expect(await listening.next(0)).toBeUndefined();
    expect(listening.fault()).toMatchObject({ message: 'broken' });
    // Waited for once more, with nothing in the way.
    expect(await listening.next(50)).toBeUndefined();
    expect(listening.fault()).toBeUndefined();
  });

  it('at the end of the wait, and the mail is there when it is looked into once more', async () => {
    const from = Date.now();
    const listening = await listen(
      box((nth) => (nth === 1 ? [] : Date.now() < from + 60 ? broken() : [mail('1')])),
      'a@box.test',
    );
    expect((await listening.next(59))?.id ?? (await listening.next(0))?.id).toBe('1');
    expect(listening.fault()).toBeUndefined();
  });

  it('when the listening begins: what comes later cannot be told from what was there', async () => {
    const listening = await listen(
      box((nth) => (nth <= 2 ? broken() : [mail('old')])),
      'a@box.test',
    );
    expect(await listening.next(50)).toBeUndefined();
    expect(listening.fault()).toMatchObject({ message: 'broken' });
    const tried = await listen(
      box((nth) => (nth === 1 ? broken() : nth === 2 ? [mail('old')] : [mail('old'), mail('new')])),
      'a@box.test',
    );
    expect(await tried.next(50)).toMatchObject({ id: 'new' });
  });
});
