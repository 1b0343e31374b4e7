import { type AnyCollector, needsOf } from './collector.ts';
import { CollectFault, type Evidence, type Fault, type Result } from './evidence.ts';
import type { EvidenceRecord } from './run.ts';
import { type Input, inputsOf, type Target } from './target.ts';
import type { Vault } from './vault.ts';

/** What a collector tells the waiting user. */
export interface Progress {
  readonly evidence: string;
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

export interface StoreOptions {
  readonly collectors: readonly AnyCollector[];
  readonly target: Target;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Evidence of an earlier run by id, judged again instead of collected. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** Evidence on first demand: each collector runs at most once, and its failure is a value. */
export interface EvidenceStore {
  get(evidence: Evidence): Promise<Result<unknown>>;
  inputsFor(needs: readonly Evidence[]): ReadonlySet<Input>;
  records(): EvidenceRecord[];
  values(): Record<string, unknown>;
}

/** The store of one run. */
export function evidenceStore(options: StoreOptions, vault: Vault): EvidenceStore {
  const collectors = new Map(options.collectors.map((collector) => [collector.provides.id, collector]));
  const pending = new Map<string, Promise<Result<unknown>>>();
  const settled = new Map<string, { result: Result<unknown>; describes: string; ms: number }>();
  const run = options.signal ?? new AbortController().signal;

  const have = inputsOf(options.target);

  const get = (evidence: Evidence): Promise<Result<unknown>> => {
    if (evidence.absent !== undefined && ![...inputsFor([{ ...evidence, absent: undefined }])].every((input) => have.has(input)))
      return Promise.resolve({ ok: true, value: evidence.absent });
    const saved = options.evidence?.[evidence.id];
    const known =
      pending.get(evidence.id) ?? (saved === undefined ? collect(evidence) : Promise.resolve({ ok: true as const, value: saved }));
    pending.set(evidence.id, known);
    return known;
  };

  async function collect(evidence: Evidence): Promise<Result<unknown>> {
    const begun = Date.now();
    const result = await attempt(evidence);
    settled.set(evidence.id, { result, describes: evidence.describes, ms: Date.now() - begun });
    return result;
  }

  async function attempt(evidence: Evidence): Promise<Result<unknown>> {
    const collector = collectors.get(evidence.id);
    if (!collector) return failure('bug', `Nothing collects ${evidence.describes} (${evidence.id}).`, 'Please report this.');
    const given: Record<string, unknown> = {};
    for (const [name, need] of Object.entries<Evidence>(collector.needs)) {
      const result = await get(need);
      if (!result.ok) return result;
      given[name] = result.value;
    }
    for (const [name, need] of Object.entries<Evidence>(collector.later ?? {})) {
      const meanwhile = get(need);
      given[name] = async (): Promise<unknown> => valueOf(await meanwhile);
    }
    if (run.aborted) return cancelled;
    const until = Date.now() + collector.timeoutMs;
    const timeout = AbortSignal.timeout(collector.timeoutMs);
    const signal = AbortSignal.any([run, timeout]);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    aborted.catch(() => undefined);
    try {
      const progress = (message: string, done?: number, total?: number): void =>
        options.onProgress?.({
          evidence: evidence.id,
          message,
          ...(done !== undefined && { done }),
          ...(total !== undefined && { total }),
        });
      const value: unknown = await Promise.race([
        collector.collect(given as Record<string, never>, { target: options.target, signal, until, vault, progress }),
        aborted,
      ]);
      return { ok: true, value };
    } catch (error) {
      if (error instanceof CollectFault) return { ok: false, fault: error.fault };
      if (run.aborted) return cancelled;
      if (timeout.aborted)
        return failure(
          'timeout',
          `Reading ${evidence.describes} took longer than ${collector.timeoutMs / 1000} seconds.`,
          'Run it again with a longer --timeout.',
        );
      const message = error instanceof Error ? error.message : String(error);
      return failure('bug', `Reading ${evidence.describes} stopped with an error of ours: ${message}`, 'Please report this.');
    }
  }

  const inputsFor = (needs: readonly Evidence[], seen = new Set<string>()): Set<Input> => {
    const inputs = new Set<Input>();
    for (const need of needs) {
      if (need.absent !== undefined || seen.has(need.id) || options.evidence?.[need.id] !== undefined) continue;
      seen.add(need.id);
      const collector = collectors.get(need.id);
      if (!collector) continue;
      inputs.add(collector.wants);
      for (const input of inputsFor(needsOf(collector), seen)) inputs.add(input);
    }
    return inputs;
  };

  return {
    get,
    inputsFor: (needs) => inputsFor(needs),
    records: () =>
      [...settled].map(([id, { describes, ms, result }]) => ({ id, describes, ms, ...(!result.ok && { fault: result.fault }) })),
    values: () =>
      Object.fromEntries(
        [...settled].flatMap(([id, { result }]) => (result.ok && !collectors.get(id)?.transient ? [[id, result.value]] : [])),
      ),
  };
}

/** @throws CollectFault where there is none. */
function valueOf(result: Result<unknown>): unknown {
  if (result.ok) return result.value;
  const { kind, message, remedy } = result.fault;
  throw new CollectFault(kind, message, remedy);
}

const failure = (kind: Fault['kind'], message: string, remedy: string): Result<never> => ({ ok: false, fault: { kind, message, remedy } });

const cancelled = failure('blocked', 'The run was cancelled.', 'Run it again.');
