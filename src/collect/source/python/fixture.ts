import { memoryTree } from '../code/routes/fixture.ts';
import { type PythonRoutes, pythonRoutes } from './inventory.ts';

/** What is read of a repo in memory. */
export const pythonOf = (files: Readonly<Record<string, string>>): Promise<PythonRoutes> => pythonRoutes(memoryTree(files));

/** Its routes: `GET /orders/:id` with the strongest guard after it. */
export async function routesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { routes } = await pythonOf(files);
  return routes.map(({ id, auth }) => (auth === 'none' ? id : `${id} ${auth}`)).toSorted();
}
