/** A WebSocket class, for example the one of the `ws` package. */
export type WebSocketConstructor = new (...args: never[]) => object;

/**
 * Returns the options of supabase-js with which realtime works in this runtime.
 *
 * @internal
 */
export const realtimeOptions = (given: WebSocketConstructor | undefined) => {
  const transport = given ?? ownSocket();
  return {
    ...(transport === undefined ? {} : { transport: transport as never }),
    // Version 2 of the protocol has binary messages, which supabase-js reads with a TextDecoder.
    ...(typeof TextDecoder === "undefined" ? { vsn: "1.0.0" } : {}),
  };
};

/** supabase-js throws at start without a WebSocket class, although only realtime needs one. */
const ownSocket = () => (typeof WebSocket === "undefined" ? MissingWebSocket : undefined);

class MissingWebSocket {
  constructor() {
    throw new Error(
      "Realtime needs a WebSocket class, and this runtime has none. Pass one: createClient({ …, webSocket }).",
    );
  }
}
