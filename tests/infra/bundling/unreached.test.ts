import assert from 'node:assert/strict';
import { callsIn, namesIn, reach } from '../../../infra/bundling/unreached';

const CLIENT = {
  file: 'client.js',
  code: `
    class Client {
      constructor() { this.stub = new generated.ThingsClient(); }
      async put(item) { return this.sendPut(item); }
      async sendPut(item) { return this.stub.Put(new generated._PutRequest({ item })); }
      async list() { return this.stub.List(new generated._ListRequest()); }
      close() { this.stub.close(); }
    }
    exports.Client = Client;
  `,
};
const GENERATED = {
  file: 'generated.js',
  code: `
    var generated;
    (function (generated) {
      var __PutRequest_one_of_decls, __ListRequest_one_of_decls;
      class _Item { }
      generated._Item = _Item;
      class _PutRequest { item() { return new _Item(); } }
      __PutRequest_one_of_decls = new WeakMap();
      class _ListRequest { page() { return new _Page(); } }
      __ListRequest_one_of_decls = new WeakMap();
      class _Page { }
      (function (_Page) { class _Size { } _Page._Size = _Size; })(_Page = generated._Page || (generated._Page = {}));
      class ThingsService { }
      ThingsService.definition = {
        Put: { requestDeserialize: (bytes) => _PutRequest.deserialize(bytes) },
        List: { requestDeserialize: (bytes) => _ListRequest.deserialize(bytes) },
      };
      class ThingsClient extends make(ThingsService.definition) {
        constructor() {
          this.Put = (message, metadata) => super.Put(message, metadata);
          this.List = (message, metadata) => super.List(message, metadata);
        }
      }
      generated.ThingsClient = ThingsClient;
    })(generated = exports.generated || (exports.generated = {}));
  `,
};

describe('what nobody can call', () => {
  it('is left out from a method to its messages, and all that is named stays', () => {
    const { code, leftOut } = reach([CLIENT, GENERATED], ['put', 'close']);
    assert.deepEqual([...leftOut].sort(), ['List', '_ListRequest', '_Page', 'list']);
    const rest = [...code.values()].join('\n');
    for (const name of ['list', 'List', '_ListRequest', '_Page', '_Size']) {
      assert(!namesIn('rest.js', rest).has(name), name);
    }
    for (const name of ['put', 'sendPut', 'Put', '_PutRequest', '_Item', 'close', 'ThingsClient']) {
      assert(namesIn('rest.js', rest).has(name), name);
    }
  });

  it('is nothing if everything is named', () => {
    const { code, leftOut } = reach([CLIENT, GENERATED], ['put', 'list', 'close', '_Page']);
    assert.deepEqual([...leftOut], []);
    assert.equal(code.get('client.js'), CLIENT.code);
    assert.equal(code.get('generated.js'), GENERATED.code);
  });

  it('is judged by names alone, including whole strings, but not words of a longer string or of a comment', () => {
    assert.deepEqual(
      [...namesIn('a.ts', "client['put'](`get`, 'a list'); // close")],
      ['client', 'put', 'get'],
    );
  });

  it('is checked against what is called: a member, or what is made with new', () => {
    const calls = callsIn(
      'a.js',
      'client.put(new generated._PutRequest(value.list)); exports.close = close;',
    );
    assert.deepEqual([...calls].sort(), ['_PutRequest', 'put']);
  });
});
