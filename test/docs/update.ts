/** `npm run docs` */
import { writeFile } from 'node:fs/promises';
import { commandLinePage, commandLinePath } from './command-line.js';

await writeFile(commandLinePath, await commandLinePage());
