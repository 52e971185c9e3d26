// A Momento whose answers to `Subscribe` a test writes, on the wire itself, including those that the local Momento never
// gives.
import { cache_client } from '@gomomento/generated-types/dist/cacheclient';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type status,
} from '@grpc/grpc-js';
import { BinaryReader, BinaryWriter } from 'google-protobuf';
import { SUBSCRIBE } from '../../handlers/adapters/subscription-wire';

const { _GetResponse, _SetResponse, ECacheResult, UnimplementedScsService } = cache_client;

/** What a relay requested, with 64-bit numbers as digits. */
export interface Subscribed {
  readonly authorization: string;
  readonly sequence: string;
  readonly page: string;
}

export interface Told {
  item(item: { sequence: string; page: string; text: string }): void;
  discontinuity(next: { sequence: string; page: string }): void;
  fail(code: status): void;
}

type Script = (subscribed: Subscribed, told: Told) => void;
type Call = ServerWritableStream<Omit<Subscribed, 'authorization'>, Buffer>;

export class ScriptedMomento {
  readonly subscriptions: Subscribed[] = [];

  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  /** Every key may read and write the cache, which keeps nothing. */
  static async start(script: Script): Promise<ScriptedMomento> {
    const server = new Server();
    server.addService(UnimplementedScsService.definition, {
      Get: (_: unknown, answer: sendUnaryData<unknown>) =>
        answer(null, new _GetResponse({ result: ECacheResult.Miss })),
      Set: (_: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) =>
        answer(null, new _SetResponse({ result: ECacheResult.Ok })),
    });
    server.addService(PUBSUB, {
      Subscribe: (call: Call) => {
        const authorization = String(call.metadata.get('authorization')[0]);
        const subscribed = { authorization, ...call.request };
        momento.subscriptions.push(subscribed);
        script(subscribed, telling(call));
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const done = (error: Error | null, bound: number) => (error ? reject(error) : resolve(bound));
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), done);
    });
    const momento = new ScriptedMomento(server, `http://127.0.0.1:${port}`);
    return momento;
  }

  close(): void {
    this.server.forceShutdown();
  }
}

const PUBSUB: ServiceDefinition = {
  Subscribe: {
    path: SUBSCRIBE,
    requestStream: false,
    responseStream: true,
    requestSerialize: (): Buffer => Buffer.of(),
    requestDeserialize: readRequest,
    responseSerialize: (item: Buffer): Buffer => item,
    responseDeserialize: (item: Buffer): Buffer => item,
  },
};

function readRequest(bytes: Buffer): Omit<Subscribed, 'authorization'> {
  const reader = new BinaryReader(bytes);
  let [sequence, page] = ['0', '0'];
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 3) sequence = reader.readUint64String();
    else if (reader.getFieldNumber() === 4) page = reader.readUint64String();
    else reader.skipField();
  }
  return { sequence, page };
}

function telling(call: Call): Told {
  const tell = (kind: number, write: (writer: BinaryWriter) => void) => {
    const writer = new BinaryWriter();
    writer.writeMessage(kind, {}, () => write(writer));
    call.write(Buffer.from(writer.getResultBuffer()));
  };
  return {
    item: ({ sequence, page, text }) =>
      tell(1, (writer) => {
        writer.writeUint64String(1, sequence);
        writer.writeMessage(2, {}, () => writer.writeString(1, text));
        writer.writeString(3, 'taylor');
        writer.writeUint64String(4, page);
      }),
    discontinuity: ({ sequence, page }) =>
      tell(2, (writer) => {
        writer.writeUint64String(2, sequence);
        writer.writeUint64String(3, page);
      }),
    fail: (code) => {
      call.emit('error', { code, details: 'as the test says' });
    },
  };
}
