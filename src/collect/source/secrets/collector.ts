import { defineCollector, type CollectContext } from '../../../core/collector.ts';
import { type SecretScan, sourceSecrets } from '../../../evidence/secrets.ts';
import type { Gap } from '../../../evidence/source.ts';
import { sourceTree, type Tree } from '../tree.ts';
import { type ClientReach, reachableFromClient } from './client/reach.ts';
import { type Collection, createCollection, secretsOf } from './collection.ts';
import { type GitRepo, openGit } from './git.ts';
import { searchHistory } from './history.ts';
import { mergeOutside } from './outside-merge.ts';
import { runOutside } from './outside.ts';
import { livePrefixes, publicPrefixOf, publicVariables } from './public-variable.ts';
import { type Met, searchTree } from './search-tree.ts';
import { trackedFiles } from './tracked.ts';

const treeBudgetMs = 120_000;
const historyBudgetMs = 90_000;
const outsideBudgetMs = 120_000;

/** Searches the working tree, the git history, bundles, logs and chats of a repo for credentials. */
export const secretsCollector = defineCollector({
  provides: sourceSecrets,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 600_000,
  async collect({ tree }, context) {
    const { signal, vault, progress, target } = context;
    const collection = createCollection(vault);
    const gaps: Gap[] = [];
    const now = Date.now();
    const git = await lookAtGit(tree, signal);
    progress('searching files for secrets');
    const found = await searchTree(tree, collection, {
      tracked: git.tracked,
      signal,
      now,
      budgetMs: treeBudgetMs,
      objectIds: target.scope.history && git.repo !== undefined,
      onProgress: (done, total) => progress('searching files for secrets', done, total),
    });
    gaps.push(...found.gaps);
    const outside = await runOutside(tree.root, { signal, timeoutMs: outsideBudgetMs });
    const byPath = new Map(tree.files.map((file) => [file.path, file]));
    mergeOutside(collection, outside, { file: (path) => byPath.get(path), tracked: git.tracked });
    for (const { name, failure } of outside) if (failure !== undefined) gaps.push({ what: name, why: failure });
    const live = livePrefixes(tree);
    const reach = reachableFromClient(tree);
    followToClient(collection, reach);
    const history = target.scope.history ? await addHistory(collection, git, found.clean, now, context) : notAsked;
    return {
      secrets: secretsOf(collection.all(), live),
      publicVariables: publicVariables(mentions(found.met, live, reach)),
      scanned: {
        files: found.files,
        bytes: found.bytes,
        commits: history.commits,
        blobs: history.blobs,
        where: [...found.where, ...(history.versions > 0 ? [['history', history.versions] as const] : [])].map(([location, files]) => ({
          location,
          files,
        })),
      },
      history: history.state,
      ...(history.why !== undefined && { historyWhy: history.why }),
      outsideScanners: outside.filter(({ failure }) => failure === undefined).map(({ name }) => name),
      gaps,
    } satisfies SecretScan;
  },
});

interface GitView {
  readonly repo?: GitRepo;
  readonly tracked?: ReadonlySet<string> | undefined;
  /** Why git could not be asked, a whole sentence. */
  readonly failure?: string;
}

async function lookAtGit(tree: Tree, signal: AbortSignal): Promise<GitView> {
  try {
    const repo = openGit(tree.root);
    if (!repo) return {};
    const tracked = await trackedFiles(repo, signal);
    // Inside a checkout that knows nothing of this folder, its history is not this folder's.
    return tracked === undefined ? {} : { repo, tracked };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

interface HistoryState {
  readonly state: SecretScan['history'];
  readonly commits: number;
  readonly blobs: number;
  readonly versions: number;
  readonly why?: string;
}

const notAsked: HistoryState = { state: 'not-asked', commits: 0, blobs: 0, versions: 0 };

async function addHistory(
  collection: Collection,
  git: GitView,
  clean: ReadonlySet<string>,
  now: number,
  context: CollectContext,
): Promise<HistoryState> {
  const { signal, progress } = context;
  const failed = (why: string): HistoryState => ({
    state: 'failed',
    commits: 0,
    blobs: 0,
    versions: 0,
    why: `The git history could not be read: ${why.replace(/\.$/, '')}.`,
  });
  if (git.failure !== undefined) return failed(git.failure);
  if (!git.repo) return { state: 'no-git', commits: 0, blobs: 0, versions: 0 };
  const { prefix } = git.repo;
  try {
    progress('searching the git history for secrets');
    const onProgress = (done: number, total: number): void => progress('searching the git history for secrets', done, total);
    const { hits, commits, blobs, versions, missing } = await searchHistory(git.repo, {
      signal,
      clean,
      now,
      budgetMs: historyBudgetMs,
      onProgress,
    });
    for (const { hit, path, line, commit } of hits) {
      const file = path.startsWith(prefix) ? path.slice(prefix.length) : path;
      collection.add(hit, {
        location: 'history',
        place: { file, line, ...(commit !== undefined && { name: `commit ${commit}` }) },
        ...(commit !== undefined && { commit }),
      });
    }
    return {
      state: missing.length > 0 ? 'partial' : 'scanned',
      commits,
      blobs,
      versions,
      ...(missing.length > 0 && { why: missing.join(' ') }),
    };
  } catch (error) {
    signal.throwIfAborted();
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** Documents, scripts and settings reach nobody's browser unless they lie in a folder that is served. */
const mayShip = (file: string): boolean =>
  !/\.(?:mdx?|sh|sql|py|rb|go|ya?ml|toml|ini|log|txt|csv)$/i.test(file) || /(?:^|\/)(?:public|static|www|assets)\//.test(file);

// Only asked for secrets that depend on it: following the imports of a large repo takes longer than the whole search.
function followToClient(collection: Collection, reach: ClientReach): void {
  for (const secret of collection.all()) {
    if (secret.meaning.sensitivity === 'public') continue;
    for (const [index, sighting] of secret.sightings.entries()) {
      const { location, place } = sighting;
      if (place.file === undefined || !mayShip(place.file) || !['source', 'env-file', 'ignored-env-file'].includes(location)) continue;
      const chain = reach.chainTo(place.file, place.line);
      if (chain) secret.sightings[index] = { ...sighting, reachedFromClient: chain };
    }
  }
}

function mentions(met: readonly Met[], live: ReadonlySet<string>, reach: ClientReach): Parameters<typeof publicVariables>[0] {
  return met
    .filter(({ variable }) => live.has(publicPrefixOf(variable) ?? ''))
    .map((item) => ({ ...item, client: item.code && reach.chainTo(item.file, item.line) !== undefined }));
}
