import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Response } from 'express';
import { config } from './config.ts';
import { db } from './db.ts';
import type { SignedInUser, Upload } from './request.ts';

/** Path of a stored file below the upload folder: a folder per organisation, a name nobody chose. */
export async function writeUpload(organisationId: string, content: Buffer): Promise<string> {
  const key = `${organisationId}/${randomUUID()}`;
  await mkdir(join(config.uploadDir, organisationId), { recursive: true });
  await writeFile(join(config.uploadDir, key), content, { mode: 0o600, flag: 'wx' });
  return key;
}

/** Stores an upload with a case the caller has already been allowed to see. */
export async function storeFile(user: SignedInUser, caseId: string, upload: Upload): Promise<string> {
  const key = await writeUpload(user.organisationId!, upload.content);
  try {
    const { rows } = await db.query<{ id: string }>(
      `insert into files (organisation_id, case_id, uploaded_by, name, media_type, size_bytes, storage_key)
       values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      [user.organisationId, caseId, user.id, upload.name, upload.mediaType, upload.content.length, key],
    );
    return rows[0]!.id;
  } catch (error) {
    await rm(join(config.uploadDir, key), { force: true });
    throw error;
  }
}

/** Sends a file as a download: shown inside the portal, a stranger's file could run scripts in its name. */
export function sendStoredFile(res: Response, file: { name: string; media_type: string; storage_key: string }): void {
  res.set('Content-Security-Policy', "default-src 'none'; sandbox");
  res.attachment(file.name);
  res.type(file.media_type);
  res.sendFile(file.storage_key, { root: config.uploadDir, cacheControl: false });
}
