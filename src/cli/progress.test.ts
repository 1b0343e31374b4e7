import { describe, expect, it, vi } from 'vitest';
import { teller } from './progress.ts';

function screen(isTTY: boolean): { isTTY: boolean; columns: number; text: string; write(text: string): void } {
  return {
    isTTY,
    columns: 40,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

describe('teller', () => {
  it('draws one live line on a terminal and takes it away', () => {
    const terminal = screen(true);
    const tell = teller(terminal, false);
    tell.progress({ evidence: 'a', message: 'reading routes', done: 3, total: 9 });
    expect(terminal.text).toBe('\r\u001b[2K… reading routes 3 of 9');
    tell.end();
    expect(terminal.text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('cuts the line to the width and defuses names of files', () => {
    const terminal = screen(true);
    teller(terminal, false).progress({ evidence: 'a', message: `reading \u001b[31m\n${'x'.repeat(100)}` });
    expect(terminal.text).toBe(`\r\u001b[2K… reading ?[31m?${'x'.repeat(23)}`);
  });

  it('writes one line for each source elsewhere', () => {
    const log = screen(false);
    const tell = teller(log, false);
    for (let done = 0; done < 5; done += 1) tell.progress({ evidence: 'a', message: 'listing files', done });
    tell.progress({ evidence: 'b', message: 'reading routes' });
    tell.notice('Also looking at x.');
    tell.end();
    expect(log.text).toBe('listing files\nreading routes\nAlso looking at x.\n');
  });

  it('tells there once more what goes on when it takes long', () => {
    vi.useFakeTimers();
    const log = screen(false);
    const tell = teller(log, false);
    for (let second = 0; second < 40; second += 1) {
      tell.progress({ evidence: 'a', message: 'trying', done: second });
      vi.advanceTimersByTime(1000);
    }
    vi.useRealTimers();
    expect(log.text).toBe('trying\ntrying 15\ntrying 30\n');
  });

  it('is silent when quiet', () => {
    const log = screen(true);
    const tell = teller(log, true);
    tell.progress({ evidence: 'a', message: 'm' });
    tell.notice('n');
    tell.end();
    expect(log.text).toBe('');
  });
});
