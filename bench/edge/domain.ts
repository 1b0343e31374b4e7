import { startDomain } from '../../examples/domain/start.ts';

/** The example domain in a process of its own, so that it does not share the time of what is measured. Told what it was asked where it is asked for it. */
const domain = await startDomain({ delayMs: Number(process.argv[2] ?? 0) });
const { domains, url, people } = domain;
process.on('message', () => process.send?.({ asked: domain.asked() }));
process.on('disconnect', () => void domain.stop().then(() => process.exit(0)));
process.send?.({ started: { domains, url: url.href, people } });
