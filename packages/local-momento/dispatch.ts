// The path of every gRPC call to its action: fault, caller, permission, action, answer.
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { authorize, type Caller, type Credentials } from './credentials';
import { faulty, limitExceeded, toStatus } from './errors';
import type { MomentoEmitter } from './events';
import { headerFaults } from './fault-headers';
import { type ClientHeader, DEFAULT_FAULT_MS, type Fault, type FaultPlan } from './faults';
import type { Access } from './permissions';
import type { Timers } from './timers';

export interface Context {
  caller: Caller;
  /** The cache in the metadata; empty if there is none. */
  cache: string;
}

/** One operation: its permission and its action. */
export interface Action<Request, Response> {
  needs(request: Request, cache: string): Access;
  run(request: Request, context: Context): Response;
  /** The key or token, if it is not in the metadata. */
  authorization?(request: Request): string;
}

/** A stream's action only opens it. It may throw; it returns what to do when the call may be answered. */
export type StreamAction<Request, Response> = Action<
  Request,
  (stream: ServerWritableStream<Request, Response>) => void
>;

/** An action that is not yet bound to its operation's name. */
export type Bound = (operation: string) => UntypedHandleCall;

export interface Faults {
  /** It decides before the faults that a client asks for itself. */
  plan: FaultPlan | undefined;
  /** Cuts the connection of a call with this metadata after the answer that is about to be written. */
  dropConnection(metadata: Metadata): void;
  restart(): void;
  /** Begins a new sequence page for the requested topic. */
  resetTopic(request: unknown): void;
}

/** The common part of unary and streaming calls. */
type Call = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'sendMetadata'>;

type Outcome<Response> = { response: Response } | { error: ReturnType<typeof toStatus> };

export class Dispatcher {
  readonly operations: string[] = [];
  /** Also those that answer UNIMPLEMENTED. */
  readonly #allOperations: string[] = [];
  readonly #ofClient = headerFaults(this.#allOperations);

  constructor(
    private readonly server: Server,
    private readonly credentials: Credentials,
    private readonly faults: Faults,
    private readonly events: MomentoEmitter,
    private readonly timers: Timers,
  ) {}

  /** Serves these actions. The service's other operations answer UNIMPLEMENTED with their names. */
  serve<Definition extends ServiceDefinition>(
    definition: Definition,
    actions: Partial<Record<keyof Definition & string, Bound>>,
  ): void {
    const implementation: UntypedServiceImplementation = {};
    for (const [operation, bind] of Object.entries<Bound | undefined>(actions)) {
      if (bind === undefined) continue;
      if (!(operation in definition)) throw new Error(`The service has no operation ${operation}`);
      implementation[operation] = bind(operation);
      this.operations.push(operation);
    }
    this.#allOperations.push(...Object.keys(definition));
    this.server.addService(definition, implementation);
  }

  unary<Request, Response>(action: Action<Request, Response>): Bound {
    return (operation): handleUnaryCall<Request, Response> =>
      (call, callback) => {
        this.#answer(operation, call, {
          apply: () => this.#attempt(operation, action, call.request, call),
          succeed: (response) => callback(null, response),
          fail: (error) => callback(error),
        });
      };
  }

  stream<Request, Response>(action: StreamAction<Request, Response>): Bound {
    return (operation): handleServerStreamingCall<Request, Response> =>
      (call) => {
        this.#answer(operation, call, {
          apply: () => this.#attempt(operation, action, call.request, call),
          succeed: (open) => open(call),
          fail: (error) => call.emit('error', error),
          endAfter: (messages, error) => endAfter(call, messages, error),
        });
      };
  }

  #attempt<Request, Response>(
    operation: string,
    action: Action<Request, Response>,
    request: Request,
    call: Call,
  ): Outcome<Response> {
    const started = performance.now();
    const cache = header(call, 'cache');
    let tokenId = '';
    let outcome: Outcome<Response>;
    try {
      const caller = this.credentials.identify(
        action.authorization?.(request) ?? header(call, 'authorization'),
      );
      tokenId = caller.tokenId;
      authorize(caller, action.needs(request, cache));
      outcome = { response: action.run(request, { caller, cache }) };
    } catch (error) {
      outcome = { error: toStatus(error) };
    }
    const code = 'error' in outcome ? outcome.error.code : status.OK;
    this.events.emit('call', { operation, cache, code, tokenId, ms: performance.now() - started });
    return outcome;
  }

  #answer<Request, Response>(
    operation: string,
    call: Call & { request: Request },
    to: {
      apply(): Outcome<Response>;
      succeed(response: Response): void;
      fail(error: ReturnType<typeof toStatus>): void;
      endAfter?(messages: number, error: ReturnType<typeof toStatus>): void;
    },
  ): void {
    const answer = (): void => {
      const outcome = to.apply();
      if ('error' in outcome) to.fail(outcome.error);
      else to.succeed(outcome.response);
    };
    const wait = (ms: number | undefined, then: () => void): void => {
      if (ms === undefined || ms === 0) then();
      else this.timers.after(ms, then);
    };
    let fault: Fault | undefined;
    try {
      fault = this.#faultOf(operation, call);
    } catch (error) {
      to.fail(toStatus(error));
      return;
    }
    if (fault === undefined) {
      answer();
      return;
    }
    this.events.emit('fault', { operation, kind: fault.kind });
    const refusal = toStatus(faulty(fault.status));
    switch (fault.kind) {
      case 'refuse':
        wait(fault.ms, () => to.fail(refusal));
        return;
      case 'end-stream':
        to.endAfter?.(fault.messages ?? 1, refusal);
        wait(fault.ms, answer);
        return;
      case 'throttle':
        to.fail(toStatus(limitExceeded('Too many operations', 'operations_rate_limit_exceeded')));
        return;
      case 'delay':
        wait(fault.ms ?? DEFAULT_FAULT_MS, answer);
        return;
      case 'apply-then-time-out':
        to.apply();
        return;
      case 'apply-late':
        wait(fault.ms ?? DEFAULT_FAULT_MS, () => to.apply());
        return;
      case 'apply-then-stall':
        to.apply();
        call.sendMetadata(new Metadata());
        return;
      case 'answer-then-drop':
        answer();
        this.faults.dropConnection(call.metadata);
        return;
      case 'restart':
        this.faults.restart();
        return;
      case 'wrong-page':
        answer();
        this.faults.resetTopic(call.request);
        return;
    }
  }

  #faultOf(operation: string, call: Call & { request: unknown }): Fault | undefined {
    const header: ClientHeader = (name) => call.metadata.get(name)[0]?.toString();
    return (
      this.faults.plan?.(operation, call.request, header) ?? this.#ofClient(operation, call.request, header)
    );
  }
}

/** Ends a stream right after so many messages; what is written later is lost, as behind a broken connection. */
function endAfter<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  messages: number,
  error: ReturnType<typeof toStatus>,
): void {
  const write = call.write.bind(call);
  let left = messages;
  Object.assign(call, {
    write: (message: Response): boolean => {
      if (left === 0) return true;
      left -= 1;
      const hasRoom = write(message);
      if (left === 0) call.emit('error', error);
      return hasRoom;
    },
  });
}

function header(call: Call, name: string): string {
  const [value] = call.metadata.get(name);
  return value === undefined ? '' : value.toString();
}
