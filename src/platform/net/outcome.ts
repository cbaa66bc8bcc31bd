/** Why a request that was allowed brought no answer. */
export type FailureKind =
  /** Nobody listens there. */
  | 'connection-refused'
  /** Reset, unreachable, closed before the end of the answer. */
  | 'connection'
  /** A limit of time has passed. */
  | 'timeout'
  /** The certificate or the handshake. */
  | 'tls'
  /** The answer is not HTTP, or cannot be decoded. */
  | 'protocol'
  /** More hops than the policy follows, or one that must not be followed. */
  | 'redirect'
  /** The body is longer than the policy takes. */
  | 'too-large'
  /** The caller's signal. */
  | 'aborted';

export type OutboundResult =
  | {
      readonly kind: 'response';
      /** Of the last hop. */
      readonly url: string;
      readonly status: number;
      /** Names in lower case; several of one name joined by `, `. */
      readonly headers: Readonly<Record<string, string>>;
      /** Decompressed. */
      readonly body: Buffer;
    }
  /** The policy forbids it: nothing was sent to that address. */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      /** Names host and port only, never path, query or user: these may hold secrets. No full stop. */
      readonly reason: string;
      /** When the answer had begun. */
      readonly status: number | undefined;
    };

/** Inside of this folder only: the way out of a request that the policy forbids. */
export class Refusal extends Error {}

/** Inside of this folder only: the way out of a request that came to nothing. */
export class Failure extends Error {
  readonly failure: FailureKind;
  readonly status: number | undefined;

  constructor(failure: FailureKind, message: string, status?: number) {
    super(message);
    this.failure = failure;
    this.status = status;
  }
}
