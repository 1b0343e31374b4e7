import { describe, expect, it } from 'vitest';
import { encode } from './body.ts';

describe('a body', () => {
  it('is JSON, or a form with fields that may repeat', () => {
    expect(encode({ type: 'json', value: { a: 'ü' } })).toEqual({ contentType: 'application/json', bytes: Buffer.from('{"a":"ü"}') });
    const form = encode({
      type: 'form',
      fields: [
        ['a', '1 & 2'],
        ['a', '3'],
      ],
    });
    expect(form.contentType).toBe('application/x-www-form-urlencoded');
    expect(form.bytes.toString()).toBe('a=1+%26+2&a=3');
  });

  it('holds files as browsers send them, and no name breaks out of its quotes', async () => {
    const { contentType, bytes } = encode({
      type: 'multipart',
      fields: [['case_id', '7']],
      files: [{ field: 'file', name: 'a"b\r\nc.txt', contentType: 'text/plain', text: 'mark' }],
    });
    const read = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
    expect(read.get('case_id')).toBe('7');
    const file = read.get('file') as File;
    expect(await file.text()).toBe('mark');
    expect(file.name).not.toMatch(/[\r\n]/);
  });
});
