import { describe, expect, it } from 'vitest';
import { fixtureReport } from '../../test/contracts/fixture.ts';
import type { Block } from '../core/deliverable.ts';
import { html } from './html.ts';
import { blockText } from './markdown.ts';
import { blockLines } from './terminal/blocks.ts';
import { paint } from './terminal/text.ts';

const picture = { text: 'invite, 390 wide', png: 'iVBORw0KGgo=', width: 390, height: 20 };
const block = (change: object = {}): Block => ({ kind: 'pictures', items: [{ ...picture, ...change }] });

describe('pictures', async () => {
  const report = await fixtureReport();
  const page = (blocks: readonly Block[]): string => html.render({ ...report, documents: [{ title: 'Mails', blocks }] });

  it('stand in the page itself, which still loads nothing', () => {
    const text = page([{ kind: 'fold', title: 'More', blocks: [block()] }]);
    expect(text).toMatch(/<img\s+src="data:image\/png;base64,iVBORw0KGgo="\s+alt="invite, 390 wide"/);
    expect(/Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]).toMatch(/default-src 'none'.* img-src data:;/);
    expect(page([{ kind: 'text', text: 'none' }])).not.toContain('img-src');
  });

  it('cannot leave their place', () => {
    const text = page([block({ png: '"><script>x', text: '"><b>' })]);
    expect(text).not.toMatch(/<script>x|"><b>/);
  });

  it('are named where they cannot be shown', () => {
    expect(blockText(block({ file: 'email-pictures/1.png' }))).toBe('- invite, 390 wide: `email-pictures/1.png`');
    expect(blockText(block())).toBe('- invite, 390 wide: in the HTML report');
    const lines = (change?: object): string => blockLines(block(change), { width: 80, paint: paint(false), verbose: true }).join('\n');
    expect(lines({ file: 'email-pictures/1.png' })).toContain('email-pictures/1.png');
    expect(lines()).toBe('');
  });
});
