import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy to the backend that can cut connections. Bytes after the cut, and the response, are lost. */
export interface CuttingProxy {
  readonly url: string;
  /** Cuts the next connections, each after the given number of bytes. */
  cutAfter(...bytes: readonly number[]): void;
  /** How many connections were cut. */
  readonly cuts: number;
  close(): void;
}

export async function cuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const planned: number[] = [];
  const sockets = new Set<Socket>();
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let passed = 0;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (data) => {
      passed += data.length;
      const [limit] = planned;
      if (limit !== undefined && passed > limit) {
        planned.shift();
        cuts += 1;
        end();
      } else if (!upstream.write(data)) client.pause();
    });
    upstream.on("drain", () => client.resume());
    upstream.pipe(client);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAfter: (...bytes) => void planned.push(...bytes),
    get cuts() {
      return cuts;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
