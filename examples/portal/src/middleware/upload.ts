import busboy from 'busboy';
import type { NextFunction, Request, Response } from 'express';
import type { Upload } from '../request.ts';
import { HttpError } from './errors.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** Reads a multipart form with one file into `req.upload` and its fields into `req.body`. */
export async function receiveUpload(req: Request, _res: Response, next: NextFunction): Promise<void> {
  if (!req.is('multipart/form-data')) throw new HttpError(415, 'Send the file as multipart/form-data');
  const { fields, file } = await readForm(req);
  req.body = fields;
  if (!file || file.content.length === 0) throw new HttpError(422, 'Choose a file');
  const mediaType = detectType(file.content);
  if (!mediaType) throw new HttpError(422, 'Only PDF, PNG, JPEG and plain text files are accepted');
  req.upload = { ...file, mediaType };
  next();
}

function readForm(req: Request): Promise<{ fields: Record<string, string>; file?: Omit<Upload, 'mediaType'> }> {
  return new Promise((resolve, reject) => {
    const form = busboy({
      headers: req.headers,
      limits: { files: 1, fileSize: MAX_BYTES, fields: 20, fieldSize: 10_000 },
      defParamCharset: 'utf8',
    });
    const fields: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let name: string | undefined;
    let tooLarge = false;
    form.on('field', (field, value) => {
      fields[field] = value;
    });
    form.on('file', (_field, stream, info) => {
      name = safeName(info.filename);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        tooLarge = true;
      });
    });
    form.on('close', () => {
      if (tooLarge) reject(new HttpError(413, 'The file is larger than 5 MB'));
      else resolve(name === undefined ? { fields } : { fields, file: { name, content: Buffer.concat(chunks) } });
    });
    form.on('error', () => reject(new HttpError(400, 'The form could not be read')));
    req.pipe(form);
  });
}

/** The name people see. The file is never stored under it. */
function safeName(name: string | undefined): string {
  const cleaned = (name ?? '').replace(/[\p{Cc}\p{Cf}/\\:"<>|?*]/gu, '_').slice(-120);
  return cleaned || 'file';
}

/** Judges by the contents: the type a browser claims proves nothing. */
function detectType(content: Buffer): string | undefined {
  if (content.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf';
  if (content.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png';
  if (content.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  return isText(content) ? 'text/plain; charset=utf-8' : undefined;
}

function isText(content: Buffer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(content).includes('\0');
  } catch {
    return false;
  }
}
