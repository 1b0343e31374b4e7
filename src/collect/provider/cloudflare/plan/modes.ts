import { loginPathsOf, privatePathsOf } from '../../../../evidence/edge-baseline.ts';
import { type Effect, effectsFor, pathsFor } from '../../../../evidence/edge-effective.ts';
import { namesWithServer } from '../../../../evidence/edge-records.ts';
import type { LiveZone } from '../zone.ts';

/** SSL modes that may hold for a host, by the zone and by rules; one for each path that matters and each rule that may be for it. */
export const modesOf = (zone: LiveZone, host: string): Effect[] =>
  pathsFor('ssl', zone, ['/', ...loginPathsOf(zone), ...privatePathsOf(zone)]).flatMap((path) =>
    effectsFor('ssl', { host, path, method: 'GET', isStranger: true, cookie: '', headers: ['accept'] }, zone),
  );

/** Rules of others that set a worse SSL mode than the plan wants for the zone: they are left as they are, and said. */
export function otherModes(zone: LiveZone): string[] {
  const found = [...namesWithServer(zone.records.value ?? [])].flatMap((host) =>
    modesOf(zone, host)
      .filter(({ by, value }) => by !== undefined && value !== 'strict' && value !== 'origin_pull')
      .map(
        ({ by = '', value }) =>
          `${capital(by)} sets SSL mode ${String(value)}, also for ${host}: change it by hand once its server has a certificate.`,
      ),
  );
  return [...new Set(found)];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
