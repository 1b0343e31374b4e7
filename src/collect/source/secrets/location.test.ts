import { describe, expect, it } from 'vitest';
import { isClientBundle, isEnvFile, isEnvSample, isPicture, readingOf } from './location.ts';

const file = (path: string, more: { built?: boolean; ignored?: boolean } = {}) => ({
  path,
  bytes: 100,
  built: false,
  ignored: false,
  ...more,
});
const none = (): boolean => false;
const read = (path: string, more: { built?: boolean; ignored?: boolean } = {}, tracked?: boolean) =>
  readingOf(file(path, more), tracked, none);

describe('where a file belongs', () => {
  it.each([
    ['.env', 'env-file'],
    ['apps/web/.env.production', 'env-file'],
    ['.dev.vars', 'env-file'],
    ['config/prod.env', 'env-file'],
    ['.env.save', 'env-file'],
    ['.bolt/prompt', 'chat'],
    ['.cursor/rules/db.mdc', 'chat'],
    ['CLAUDE.md', 'chat'],
    ['.lovable/plan.md', 'chat'],
    ['attached_assets/Pasted-key.txt', 'chat'],
    ['exports/slack-export-2026.json', 'chat'],
    ['docs/chat-history.md', 'chat'],
    ['.specstory/history/2026-01-01.md', 'chat'],
    ['npm-debug.log', 'log'],
    ['logs/deploy.txt', 'log'],
    ['ci/build-log.txt', 'log'],
    ['deploy.log.gz', 'log'],
    ['capture.har', 'log'],
    ['src/app.ts', 'source'],
    ['README.md', 'source'],
    ['src/lib/log.ts', 'source'],
    ['src/chat/history.ts', 'source'],
  ])('%s is %s', (path, location) => {
    expect(read(path).location).toBe(location);
  });

  it('an env file that git ignores stays here, unless git tracks it all the same', () => {
    expect(read('.env', { ignored: true }).location).toBe('ignored-env-file');
    expect(read('.env', { ignored: true }, false).location).toBe('ignored-env-file');
    expect(read('.env', { ignored: true }, true).location).toBe('env-file');
  });

  it('knows one day of a Slack export by its neighbour', () => {
    expect(readingOf(file('slack/general/2026-03-01.json'), undefined, (path) => path === 'slack/channels.json').location).toBe('chat');
    expect(read('data/general/2026-03-01.json').location).toBe('source');
  });

  it('build output counts when it goes to the browser', () => {
    const built = (path: string, has: (path: string) => boolean = none): boolean => isClientBundle(file(path, { built: true }), has);
    expect(built('dist/assets/index-1.js')).toBe(true);
    expect(built('.next/static/chunks/a.js')).toBe(true);
    expect(built('.next/server/app/page.js')).toBe(false);
    expect(built('dist/index.js')).toBe(false);
    expect(built('dist/index.js', (path) => path === 'dist/index.html')).toBe(true);
    expect(built('dist/server/entry.mjs')).toBe(false);
    expect(read('dist/assets/index-1.js.map', { built: true }).location).toBe('source-map');
    expect(isClientBundle(file('app-release.apk'), none)).toBe(true);
  });
});

describe('how closely it is read', () => {
  it('names count in code and configuration, not in docs, lock files, tests or builds', () => {
    expect(['src/a.ts', 'config.json', 'docker-compose.yml', 'Dockerfile', 'lib/main.dart', 'run'].map((path) => read(path).names)).toEqual(
      Array(6).fill(true),
    );
    expect(
      [
        'README.md',
        'docs/a.ts',
        'package-lock.json',
        'src/a.test.ts',
        'vendor/x.js',
        'a.min.js',
        'logo.svg',
        'src/locales/nl.json',
        'openapi.yaml',
      ].map((path) => read(path).names),
    ).toEqual(Array(9).fill(false));
  });
  it('test code has to prove it', () => {
    expect(
      ['src/__tests__/a.ts', 'a.spec.ts', 'e2e/login.ts', 'fixtures/key.pem', 'playwright.config.ts'].map((path) => read(path).certainOnly),
    ).toEqual(Array(5).fill(true));
    expect(['test-login.js', 'scripts/latest.ts', 'src/contest.ts'].map((path) => read(path).certainOnly)).toEqual([false, false, false]);
  });
  it('env samples are read for forms only', () => {
    expect(
      ['.env.example', '.env.sample', 'env.template', '.env.local.example', '.env.test', 'env.example-docker.txt'].map(
        (path) => isEnvFile(path) && !isEnvSample(path),
      ),
    ).toEqual(Array(6).fill(false));
    expect(['.env', '.env.local', '.env.production', '.env.development'].map((path) => isEnvFile(path) && !isEnvSample(path))).toEqual(
      Array(4).fill(true),
    );
    expect(isEnvFile('src/env.ts')).toBe(false);
  });
  it('pictures are not read at all', () => {
    expect(['a.png', 'b.WOFF2', 'c.mp4'].every(isPicture)).toBe(true);
    expect(isPicture('a.ts')).toBe(false);
  });
});
