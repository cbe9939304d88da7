import { installExamples } from './install.js';

/** `npm run examples`: afterwards the commands that the READMEs of `examples/` show work in these folders. */
await installExamples();
