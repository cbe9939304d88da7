/** `npm run docs` */
import { writeFile } from 'node:fs/promises';
import { commandLinePage, commandLinePath } from './command-line.js';
import { schemaFiles } from './schemas.js';

await writeFile(commandLinePath, await commandLinePage());
for (const [path, text] of await schemaFiles()) await writeFile(path, text);
