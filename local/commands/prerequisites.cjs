// Loaded before each command of package.json. Says in one line what is missing, ends the command with what started it, and
// lets Node.js read TypeScript. It is JavaScript that old versions of Node.js can read, too.
const { isMainThread } = require('node:worker_threads');
const { engines } = require('../../package.json');

const LEAST = engines.node.replace('>=', '');
const WATCH_EVERY_MS = 250;

function isOlder(version, than) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function end(why, status) {
  process.stderr.write(`${why}\n`);
  process.exit(status);
}

if (isOlder(process.versions.node, LEAST)) {
  end(`This needs Node.js ${LEAST} or later; this is ${process.versions.node}`, 1);
}

try {
  require('../../infra/read-typescript.cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
  end('The packages are not installed: run npm ci', 1);
}

if (isMainThread) {
  endWithReader();
  // npm passes a signal on to its shell alone, which ends without a word to this process.
  if (process.env.npm_lifecycle_event) endWithParent();
}

/** As in `npm start | head -1`. */
function endWithReader() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
      end('Nothing reads the output any more', 0);
    });
  }
}

function endWithParent() {
  const parent = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watching);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_EVERY_MS);
  watching.unref();
}
