import { defineCheck } from '../../core/check.ts';
import { edgeCache } from '../../evidence/edge-cache.ts';
import { cacheOf, tryOf } from '../../evidence/edge-cache-samples.ts';

export const privateDataStorable = defineCheck({
  id: 'edge/private-data-storable',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C5', 'REST-no-store'],
  doc: {
    title: 'The app tells caches to keep what is private',
    why: 'An answer that is marked as public may be kept by every cache between you and your customers. Today none may do so; the day that somebody puts one in front, it gives the data of one customer to the next.',
    fix: 'Send Cache-Control: private, no-store with whatever needs a login. In Next.js, do not set revalidate or s-maxage on routes that read the session.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2'],
  },
  needs: { cache: edgeCache },
  examples: {
    fails: [
      { name: 'kept for an hour', given: { cache: cacheOf([tryOf()], { cacheControl: 'public, s-maxage=3600' }) } },
      { name: 'kept for a minute by whoever wants to', given: { cache: cacheOf([tryOf()], { cacheControl: 'max-age=60' }) } },
    ],
    passes: [
      { name: 'kept by nobody', given: { cache: cacheOf([tryOf()], { cacheControl: 'private, no-store' }) } },
      { name: 'kept by the browser alone', given: { cache: cacheOf([tryOf()], { cacheControl: 'private, max-age=60' }) } },
    ],
  },
  *evaluate({ cache: { routes } }) {
    for (const { path, whose, cacheControl } of routes) {
      if (cacheControl === undefined) continue;
      const about = { subject: path, place: { name: path } };
      const rules = cacheControl.toLowerCase();
      const isPrivate = /\b(?:private|no-store|no-cache)\b/.test(rules);
      const isShared = /\bpublic\b|\bs-maxage\s*=\s*"?[1-9]/.test(rules);
      const proof = [{ kind: 'http' as const, request: `GET ${path} as ${whose}`, response: `Cache-Control: ${cacheControl}` }];
      // `private` beside `public` is read as either.
      if (isShared && !/\bno-store\b/.test(rules))
        yield {
          ...about,
          outcome: 'fail',
          message: `${path} shows ${whose} what is his, and tells caches to keep it for everybody.`,
          proof,
        };
      else if (!isPrivate && /\bmax-age\s*=\s*"?[1-9]/.test(rules))
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `${path} shows ${whose} what is his, and lets any cache keep it.`,
          proof,
        };
      else if (isPrivate) yield { ...about, outcome: 'pass', message: `${path} lets no cache keep what is private.`, proof };
    }
  },
});
