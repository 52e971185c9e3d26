// The entry of every function's archive. The INIT of an ES module lasts until its top-level `await` is over; that of a
// CommonJS module ends with its last line. The code itself is CommonJS, which Node.js loads faster.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { begin, end } = require('./init.cjs');
await begin();
export const { handler } = require('./handler.cjs');
await end();
