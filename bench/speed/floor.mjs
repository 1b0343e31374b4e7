// The floor: reads and parses every source file of a list once, in one process. Arguments: the folder, a JSON file with paths inside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

const [folder, list] = process.argv.slice(2);
let statements = 0;
for (const path of JSON.parse(readFileSync(list, 'utf8'))) {
  const { program } = parseSync(path, readFileSync(join(folder, path), 'utf8'));
  // The tree is only built when somebody looks at it.
  statements += program.body.length;
}
if (statements === 0) throw new Error('Nothing was parsed.');
