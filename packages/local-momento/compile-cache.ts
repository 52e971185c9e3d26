// Imported before everything else: Node.js 22 and later keep what V8 compiled in the folder for temporary files, so that every
// start but the first has less to compile.
import nodeModule from 'node:module';

const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
if (typeof enable === 'function') enable();
