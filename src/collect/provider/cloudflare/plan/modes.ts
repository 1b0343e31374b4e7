import { modesOf } from '../../../../evidence/edge-effective.ts';
import { namesWithServer } from '../../../../evidence/edge-records.ts';
import type { LiveZone } from '../zone.ts';

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
