import { describe, expect, it } from 'vitest';
import type { Exposure } from '../../evidence/http.ts';
import { debugEndpointLive } from './debug-endpoint-live.ts';

const debug = (path: string, what: string, names: string[] = [], outcome: Exposure['outcome'] = 'exposed'): Exposure => ({
  path,
  url: `https://portal.example.com${path}`,
  outcome,
  kind: 'debug',
  status: 200,
  what,
  names,
  secrets: [],
});
const judged = (...exposures: Exposure[]): [string, string | undefined][] =>
  [...debugEndpointLive.evaluate({ exposures })].map(({ outcome, severity }) => [outcome, severity]);

describe('audit/debug-endpoint-live', () => {
  it('weighs by what the page shows', () => {
    expect(judged(debug('/debug', 'environment variables of the server', ['NODE_ENV', 'JWT_SECRET']))).toEqual([['fail', 'blocker']]);
    expect(judged(debug('/debug', 'environment variables of the server', ['NODE_ENV', 'PORT']))).toEqual([['fail', 'high']]);
    expect(judged(debug('/actuator/env', 'the settings of the server'))).toEqual([['fail', 'blocker']]);
    expect(judged(debug('/metrics', 'the metrics of the server'))).toEqual([['fail', 'low']]);
    expect(judged(debug('/server-status', 'the Apache status page'))).toEqual([['fail', 'medium']]);
  });
  it('passes only what was asked and is closed', () => {
    expect(judged(debug('/debug', 'the server answered 404', [], 'not-exposed'), debug('/metrics', 'error', [], 'unknown'))).toEqual([
      ['unknown', 'medium'],
      ['pass', undefined],
    ]);
    expect(judged(debug('/debug', 'x', [], 'not-exposed'), debug('/metrics', 'x'))).toEqual([['fail', 'low']]);
  });
});
