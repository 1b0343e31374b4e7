import { api, native, object, unknown, type Value } from '../interpret/value.ts';

/** Calls that store a file and answer with where it now lies: the store names that address, whatever the caller sent. */
const uploads: Record<string, readonly string[]> = {
  '@vercel/blob': ['put', 'copy', 'completeMultipartUpload'],
  uploadthing: ['uploadFiles', 'uploadFilesFromUrl'],
  cloudinary: ['upload', 'upload_large', 'upload_stream', 'url'],
};

/** Stores for files that are no tables of the app. */
export function fileStorePackage(packageName: string, name: string): Value | undefined {
  const calls = uploads[packageName];
  return calls && member(calls, name);
}

// Any way to the call: `v2.uploader.upload`, `new UTApi().uploadFiles`.
const member = (calls: readonly string[], name: string): Value | undefined =>
  name === 'then' || name === 'catch' || name === 'finally'
    ? undefined
    : calls.includes(name)
      ? native(() => stored)
      : api('file-store', { call: () => library(calls), member: (inner) => member(calls, inner) });

const library = (calls: readonly string[]): Value => api('file-store', { member: (name) => member(calls, name) });

const stored = object(
  { url: unknown, secure_url: unknown, downloadUrl: unknown, ufsUrl: unknown, pathname: unknown, data: object({}, true) },
  true,
);
