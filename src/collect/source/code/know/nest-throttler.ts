import { flagged } from '../interpret/state.ts';
import { api, literal, native } from '../interpret/value.ts';
import { raise } from './identity.ts';
import type { Execution } from './nest-context.ts';

/** @nestjs/throttler: limits every handler it guards that is not marked with `@SkipThrottle()`. */
export const throttlerGuard = api('library-class', {
  call: () =>
    api('throttler-guard', {
      member: (name) =>
        name === 'canActivate'
          ? native((call) => {
              const run = call.args[0]?.api?.data as Execution | undefined;
              if (!run?.handler.has('@SkipThrottle') && !run?.owner.has('@SkipThrottle'))
                raise(call, flagged('rate', 'ThrottlerGuard', call.module.placeOf(call.node)));
              return literal(true);
            })
          : undefined,
    }),
});
