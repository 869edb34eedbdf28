/** The baseline: a plain WebSocket that has joined one private topic and reads frames as they arrive. */
export function rawListener(
  url: string,
  key: string,
  topic: string,
  token: string,
  onEvent: (event: string, payload: Readonly<Record<string, unknown>>) => void,
): Promise<{ close(): void }> {
  const address = new URL("/realtime/v1/websocket", url.replace(/^http/, "ws"));
  address.searchParams.set("apikey", key);
  address.searchParams.set("vsn", "1.0.0");
  const socket = new WebSocket(address);
  const send = (event: string, payload: object, to = `realtime:${topic}`) =>
    socket.send(JSON.stringify({ topic: to, event, payload, ref: "1", join_ref: "1" }));
  const heartbeat = setInterval(() => send("heartbeat", {}, "phoenix"), 25_000);
  const close = () => {
    clearInterval(heartbeat);
    socket.close();
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => send("phx_join", { config: { private: true }, access_token: token });
    socket.onerror = () => reject(new Error("The raw socket could not connect."));
    socket.onmessage = ({ data }) => {
      const { event, payload } = JSON.parse(String(data));
      if (event === "broadcast") onEvent(payload.event, payload.payload);
      else if (event === "phx_reply" && payload.status === "ok") resolve({ close });
      else if (event === "phx_reply") reject(new Error(JSON.stringify(payload.response)));
    };
  });
}
