/** npm run bench [-- core]: runs one file of test/bench/, or all of them one after the other. They print numbers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(import.meta.dirname, '../test/bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
// Each takes this argument only; what follows is for the benchmark itself.
const [wanted] = process.argv.splice(2, 1);

if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`There is no benchmark "${wanted}": choose one of ${names.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted === undefined ? names : [wanted]) {
  await import(pathToFileURL(join(folder, `${name}.ts`)).href);
}
